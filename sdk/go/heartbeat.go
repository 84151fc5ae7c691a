package kener

import (
	"context"
	"fmt"
	"strconv"
)

// HeartbeatService reports what becomes of a job. Whoever knows the token of a heartbeat may; no key
// is sent. [Monitor.HeartbeatToken] tells the token.
type HeartbeatService struct{ core *core }

// Ping says that the job is done.
func (s *HeartbeatService) Ping(ctx context.Context, token string, options ...Option) error {
	return s.report(ctx, "", options, token)
}

// Start says that the job begins, so that Kener knows how long it takes.
func (s *HeartbeatService) Start(ctx context.Context, token string, options ...Option) error {
	return s.report(ctx, "", options, token, "start")
}

// Fail says that the job went wrong, and how. Of the message 10 KB are kept.
func (s *HeartbeatService) Fail(ctx context.Context, token, message string, options ...Option) error {
	return s.report(ctx, message, options, token, "fail")
}

// Log notes something. It is no sign of life.
func (s *HeartbeatService) Log(ctx context.Context, token, message string, options ...Option) error {
	return s.report(ctx, message, options, token, "log")
}

// Exit tells the exit code of what ran, 0 to 255, and what it said. Zero is good, all else has failed.
func (s *HeartbeatService) Exit(ctx context.Context, token string, code int, message string, options ...Option) error {
	if code < 0 || code > 255 {
		return fmt.Errorf("kener: an exit code is 0 to 255, not %d", code)
	}
	return s.report(ctx, message, options, token, strconv.Itoa(code))
}

// Push reports as Uptime Kuma's push monitors did, and takes their tokens, too.
func (s *HeartbeatService) Push(ctx context.Context, token string, query PushQuery, options ...Option) error {
	wanted := post(nil, "push", token).with(query).open()
	wanted.secret = true
	return none(ctx, s.core, wanted, options)
}

// PushQuery is what Uptime Kuma's push monitors say: Status "up" (if you do not say) or another, a
// message, and Ping in milliseconds.
type PushQuery struct {
	Status string  `query:"status"`
	Msg    string  `query:"msg"`
	Ping   float64 `query:"ping"`
}

func (s *HeartbeatService) report(ctx context.Context, message string, options []Option, path ...string) error {
	wanted := post(nil, append([]string{"heartbeat"}, path...)...).open()
	wanted.secret, wanted.text = true, message
	return none(ctx, s.core, wanted, options)
}
