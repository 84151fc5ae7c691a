package kener

import "net/http"

// ErrorCode is what is wrong, for programs. It is an error itself, for errors.Is.
type ErrorCode string

// Error is the code's text.
func (c ErrorCode) Error() string { return "kener: " + string(c) }

// Codes of Kener.
const (
	// ErrInvalidRequest: a field or parameter is missing, wrong or unknown; Details name each.
	ErrInvalidRequest ErrorCode = "INVALID_REQUEST"
	// ErrUnauthorized: there is no key, or none that Kener knows.
	ErrUnauthorized ErrorCode = "UNAUTHORIZED"
	// ErrKeyExpired: the key's time is over.
	ErrKeyExpired ErrorCode = "KEY_EXPIRED"
	// ErrKeyRevoked: somebody revoked the key, or gave it a new secret.
	ErrKeyRevoked ErrorCode = "KEY_REVOKED"
	// ErrForbidden: the key lacks a permission, or may not be used from this address.
	ErrForbidden ErrorCode = "FORBIDDEN"
	// ErrNotFound: there is nothing of this id.
	ErrNotFound ErrorCode = "NOT_FOUND"
	// ErrMethodNotAllowed: this address does not take this method.
	ErrMethodNotAllowed ErrorCode = "METHOD_NOT_ALLOWED"
	// ErrConflict: somebody changed it meanwhile, or it is in the wrong state.
	ErrConflict ErrorCode = "CONFLICT"
	// ErrIdempotencyConflict: this Idempotency-Key came with another body, or is still at work.
	ErrIdempotencyConflict ErrorCode = "IDEMPOTENCY_CONFLICT"
	// ErrPreconditionFailed: what IfMatch or IfNoneMatch asks for does not hold.
	ErrPreconditionFailed ErrorCode = "PRECONDITION_FAILED"
	// ErrPayloadTooLarge: the body has more than 1 MB.
	ErrPayloadTooLarge ErrorCode = "PAYLOAD_TOO_LARGE"
	// ErrUnsupportedMediaType: the body is not JSON.
	ErrUnsupportedMediaType ErrorCode = "UNSUPPORTED_MEDIA_TYPE"
	// ErrRateLimited: too many requests; RetryAfter says when to come again.
	ErrRateLimited ErrorCode = "RATE_LIMITED"
	// ErrInternal: something went wrong in Kener.
	ErrInternal ErrorCode = "INTERNAL_ERROR"
	// ErrUnavailable: Kener, or its database, cannot answer now.
	ErrUnavailable ErrorCode = "UNAVAILABLE"
)

// Codes of this library.
const (
	// ErrNotModified: it is as it was when the ETag of IfNoneMatch was given.
	ErrNotModified ErrorCode = "not modified"
	// ErrUnexpectedAnswer: what answered does not speak as Kener does.
	ErrUnexpectedAnswer ErrorCode = "unexpected answer"
	// ErrBadSignature: a webhook's signature is missing or wrong.
	ErrBadSignature ErrorCode = "bad signature"
	// ErrBadTimestamp: a webhook was signed too long ago, or in the future.
	ErrBadTimestamp ErrorCode = "bad timestamp"
)

var statusCodes = map[int]ErrorCode{
	http.StatusNotModified:           ErrNotModified,
	http.StatusBadRequest:            ErrInvalidRequest,
	http.StatusUnauthorized:          ErrUnauthorized,
	http.StatusForbidden:             ErrForbidden,
	http.StatusNotFound:              ErrNotFound,
	http.StatusMethodNotAllowed:      ErrMethodNotAllowed,
	http.StatusConflict:              ErrConflict,
	http.StatusPreconditionFailed:    ErrPreconditionFailed,
	http.StatusRequestEntityTooLarge: ErrPayloadTooLarge,
	http.StatusUnsupportedMediaType:  ErrUnsupportedMediaType,
	http.StatusTooManyRequests:       ErrRateLimited,
	http.StatusInternalServerError:   ErrInternal,
}
