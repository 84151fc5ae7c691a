package kener

import (
	"net/http"
	"strconv"
	"time"
)

// Option sets something of one call.
type Option func(*call)

type call struct {
	header http.Header
	meta   *Meta
}

// IfMatch lets a change be done only if the thing is as it was when this ETag was given (see
// [WithMeta]); else the error is [ErrPreconditionFailed]. "*" stands for whatever is there.
func IfMatch(etag string) Option { return header("If-Match", etag) }

// IfNoneMatch lets something be read only if it is another by now; else the error is
// [ErrNotModified]. With "*", Secrets.Put makes a secret only if there is none of its name.
func IfNoneMatch(etag string) Option { return header("If-None-Match", etag) }

// IdempotencyKey lets a POST be done once in a day, however often it is called with this key. Every
// POST without one carries a new key, made once for the call.
func IdempotencyKey(key string) Option { return header("Idempotency-Key", key) }

// RequestID names the request in Kener's log: letters, digits, ".", "_" and "-", at most 64.
func RequestID(id string) Option { return header("X-Request-Id", id) }

func header(name, value string) Option {
	return func(c *call) { c.header.Set(name, value) }
}

// Meta is what an answer says beside its data.
type Meta struct {
	// Status is the HTTP status.
	Status int
	// ETag is for IfMatch and IfNoneMatch.
	ETag string
	// RequestID is the id under which Kener's log knows the request.
	RequestID string
	// Replayed tells that this had been done already, and the first answer came again.
	Replayed bool
	// Attempts tells how many times the request was sent.
	Attempts int
	// RateLimit is how many requests a minute may be sent, Remaining how many are left until Reset.
	RateLimit, Remaining int
	Reset                time.Time
}

// WithMeta writes down what the answer says beside its data, errors too; of several answers, as All
// gets them, the last.
func WithMeta(meta *Meta) Option { return func(c *call) { c.meta = meta } }

func metaOf(response *http.Response, attempt int) Meta {
	number := func(name string) int {
		value, _ := strconv.Atoi(response.Header.Get(name))
		return value
	}
	meta := Meta{
		Status:    response.StatusCode,
		ETag:      response.Header.Get("ETag"),
		RequestID: response.Header.Get("X-Request-Id"),
		Replayed:  response.Header.Get("Idempotent-Replayed") == "true",
		Attempts:  attempt,
		RateLimit: number("X-RateLimit-Limit"),
		Remaining: number("X-RateLimit-Remaining"),
	}
	if seconds := number("X-RateLimit-Reset"); seconds > 0 {
		meta.Reset = time.Unix(int64(seconds), 0).UTC()
	}
	return meta
}
