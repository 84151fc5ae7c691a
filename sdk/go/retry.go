package kener

import (
	"context"
	"crypto/tls"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	firstWait   = 500 * time.Millisecond
	longestStep = 30 * time.Second
)

// waitAfter says how long to wait before a request is sent again, if it is to be.
func (c *core) waitAfter(ctx context.Context, err error, attempt int) (time.Duration, bool) {
	hasEnded := ctx.Err() != nil && errors.Is(err, ctx.Err())
	if attempt > c.retries || hasEnded || !mayPass(err) {
		return 0, false
	}
	wait := c.backOff(attempt)
	var refused *Error
	if errors.As(err, &refused) && refused.RetryAfter > 0 {
		// A little later, and not all at the same moment.
		wait = refused.RetryAfter + time.Duration(c.random()*float64(firstWait))
		if refused.RetryAfter > c.maxWait {
			return 0, false
		}
	}
	wait = min(wait, c.maxWait+firstWait)
	if deadline, ok := ctx.Deadline(); ok && c.now().Add(wait).After(deadline) {
		return 0, false
	}
	return wait, true
}

// backOff doubles with every attempt; half of it is left to chance.
func (c *core) backOff(attempt int) time.Duration {
	step := min(float64(firstWait)*math.Pow(2, float64(attempt-1)), float64(longestStep))
	return min(time.Duration(step*(0.5+c.random()/2)), c.maxWait)
}

// mayPass tells whether what went wrong may go well another time.
func mayPass(err error) bool {
	var refused *Error
	if errors.As(err, &refused) {
		isAtWork := refused.Code == ErrIdempotencyConflict && refused.RetryAfter > 0
		return refused.Status == http.StatusTooManyRequests || refused.Status >= 500 || isAtWork
	}
	var unanswered *noAnswer
	var untrusted *tls.CertificateVerificationError
	return errors.As(err, &unanswered) && !errors.As(err, &untrusted)
}

// retryAfter reads the header of this name: seconds, or a date. Zero: it says nothing.
func retryAfter(text string, now time.Time) time.Duration {
	text = strings.TrimSpace(text)
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.Duration(max(0, min(seconds, math.MaxInt64/int64(time.Second)))) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
