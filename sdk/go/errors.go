package kener

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Error is why Kener, or something before it, did not do what it was asked for.
type Error struct {
	// Status is the HTTP status.
	Status int
	// Code is for programs: one of ErrNotFound, ErrConflict …, or one that is newer than this library.
	Code ErrorCode
	// Message is for people.
	Message string
	// Details name every bad field.
	Details []ErrorDetail
	// RequestID is the id under which Kener's log knows the request.
	RequestID string
	// RetryAfter says when to come again; zero when the answer did not.
	RetryAfter time.Duration

	name string
}

// Error says all of it in one line.
func (e *Error) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "kener: %s: %d %s: %s", e.name, e.Status, string(e.Code), e.Message)
	for _, each := range e.Details {
		fmt.Fprintf(&text, " [%s: %s]", each.Field, each.Message)
	}
	if e.RequestID != "" {
		fmt.Fprintf(&text, " (request %s)", e.RequestID)
	}
	return text.String()
}

// Is tells whether a target is the code of this error, for errors.Is. A key that has expired or was
// revoked is ErrUnauthorized, too.
func (e *Error) Is(target error) bool {
	code, ok := target.(ErrorCode)
	if !ok {
		return false
	}
	isStale := e.Code == ErrKeyExpired || e.Code == ErrKeyRevoked
	return code == e.Code || code == ErrUnauthorized && isStale
}

// refusal is the error in an answer, also in one that is not Kener's.
func (c *core) refusal(got *answer) *Error {
	found := struct {
		Error Refusal `json:"error"`
		Msg   string  `json:"msg"` // of /api/push, which answers as Uptime Kuma does
	}{}
	_ = json.Unmarshal(got.body, &found)
	refused := &Error{
		Status:     got.status,
		Code:       ErrorCode(found.Error.Code),
		Message:    c.clean(found.Error.Message),
		Details:    found.Error.Details,
		RequestID:  c.clean(got.header.Get("X-Request-Id")),
		RetryAfter: retryAfter(got.header.Get("Retry-After"), c.now()),
		name:       got.name,
	}
	for index, each := range refused.Details {
		refused.Details[index].Message = c.clean(each.Message)
	}
	if refused.Code == "" {
		refused.Code = codeOf(got.status)
		refused.Message = c.clean(found.Msg)
	}
	refused.Code = ErrorCode(c.clean(string(refused.Code)))
	if refused.Message == "" {
		refused.Message = http.StatusText(got.status)
	}
	return refused
}

// codeOf is the code of an answer that has none, as those of proxies are.
func codeOf(status int) ErrorCode {
	if code, ok := statusCodes[status]; ok {
		return code
	}
	if status >= 500 {
		return ErrUnavailable
	}
	return ErrUnexpectedAnswer
}
