package kener

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	usualRetries = 3
	usualWait    = time.Minute
	usualTimeout = 30 * time.Second
	mostBytes    = 64 << 20
)

// core is what all parts of a client share. It is not changed once it is made.
type core struct {
	base string // without a slash at its end
	// key is a function, as printing shows what a text holds, but not what a function gives.
	key     func() string
	http    *http.Client
	agent   string
	retries int
	maxWait time.Duration

	sleep  func(context.Context, time.Duration) error
	random func() float64
	now    func() time.Time
}

func newCore(base string) *core {
	return &core{
		base:    base,
		key:     func() string { return "" },
		http:    &http.Client{Timeout: usualTimeout, CheckRedirect: noRedirect},
		agent:   userAgent(),
		retries: usualRetries,
		maxWait: usualWait,
		sleep:   sleep,
		random:  rand.Float64,
		now:     time.Now,
	}
}

// do sends a request until it is answered, or until there is no more hope.
func (c *core) do(ctx context.Context, wanted request, options []Option) (*answer, error) {
	ready, err := c.prepare(wanted, options)
	if err != nil {
		return nil, err
	}
	for attempt := 1; ; attempt++ {
		got, err := c.attempt(ctx, ready, attempt)
		if err == nil {
			return got, nil
		}
		wait, again := c.waitAfter(ctx, err, attempt)
		if !again {
			return nil, err
		}
		if ended := c.sleep(ctx, wait); ended != nil {
			return nil, fmt.Errorf("%w, while waiting to send again after %w", ended, err)
		}
	}
}

func (c *core) attempt(ctx context.Context, ready *prepared, number int) (*answer, error) {
	sent, err := http.NewRequestWithContext(ctx, ready.method, ready.url, bytes.NewReader(ready.body))
	if err != nil {
		return nil, fmt.Errorf("kener: %s: the request cannot be made", ready.name)
	}
	sent.Header = ready.header.Clone()
	response, err := c.http.Do(sent)
	if err != nil {
		return nil, c.unanswered(ready, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, mostBytes+1))
	if err != nil {
		return nil, c.unanswered(ready, err)
	}
	if ready.meta != nil {
		*ready.meta = metaOf(response, number)
	}
	got := &answer{ready.name, response.StatusCode, response.Header, body}
	if len(body) > mostBytes {
		return nil, got.unexpected()
	}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return nil, c.refusal(got)
	}
	return got, nil
}

// noAnswer is an error before the whole answer was there.
type noAnswer struct {
	name  string
	text  string
	cause error
}

func (e *noAnswer) Error() string { return "kener: " + e.name + ": " + e.text }

func (e *noAnswer) Unwrap() error { return e.cause }

func (c *core) unanswered(ready *prepared, err error) error {
	// url.Error repeats the whole address, and that of a heartbeat is a secret.
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return &noAnswer{ready.name, c.clean(err.Error()), err}
}

// clean takes the key out of a text that somebody else wrote.
func (c *core) clean(text string) string {
	if key := c.key(); key != "" {
		return strings.ReplaceAll(text, key, "***")
	}
	return text
}

func sleep(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
