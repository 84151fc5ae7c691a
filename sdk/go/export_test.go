package kener

import (
	"context"
	"time"
)

// WithClock gives tests the clock, chance and sleep of a client.
func WithClock(now func() time.Time, random func() float64, sleep func(context.Context, time.Duration) error) ClientOption {
	return func(c *core) error {
		c.now, c.random, c.sleep = now, random, sleep
		return nil
	}
}

var (
	Encode     = encode
	RetryAfter = retryAfter
	VerifyAt   = verifyAt
)
