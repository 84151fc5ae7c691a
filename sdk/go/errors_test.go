package kener_test

import (
	"errors"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	kener "github.com/kener/go-sdk"
)

func TestAnErrorTellsAllThatIsKnown(t *testing.T) {
	const body = `{"success": false, "error": {"code": "INVALID_REQUEST", "message": "Please correct: interval.",
		"details": [{"field": "interval", "code": "invalid", "message": "must be at least 5"}]}}`
	client, _ := scripted(t, &sleeper{}, answer(400, body, "X-Request-Id", "r1", "Retry-After", "9"))

	_, err := client.Monitors.Create(t.Context(), kener.MonitorInput{Name: "x", Kind: "http"})

	var refused *kener.Error
	if !errors.As(err, &refused) {
		t.Fatalf("the error is %v", err)
	}
	equal(t, "the status", refused.Status, 400)
	equal(t, "the code", refused.Code, kener.ErrInvalidRequest)
	equal(t, "the message", refused.Message, "Please correct: interval.")
	equal(t, "the detail", refused.Details[0], kener.ErrorDetail{Field: "interval", Code: "invalid", Message: "must be at least 5"})
	equal(t, "the request", refused.RequestID, "r1")
	equal(t, "the wait", refused.RetryAfter, 9*time.Second)
	equal(t, "the text", err.Error(), "kener: POST /api/monitors: 400 INVALID_REQUEST: Please correct: interval. [interval: must be at least 5] (request r1)")
}

func TestErrorsAreKnownByTheirCode(t *testing.T) {
	for code, wanted := range map[string]kener.ErrorCode{
		"NOT_FOUND": kener.ErrNotFound, "CONFLICT": kener.ErrConflict, "FORBIDDEN": kener.ErrForbidden,
		"KEY_EXPIRED": kener.ErrUnauthorized, "KEY_REVOKED": kener.ErrUnauthorized, "NEWS": "NEWS",
	} {
		client, _ := scripted(t, &sleeper{}, answer(418, `{"error": {"code": "`+code+`"}}`))
		_, err := client.Me(t.Context())
		if !errors.Is(err, wanted) || errors.Is(err, kener.ErrRateLimited) {
			t.Errorf("%s gives %v", code, err)
		}
	}
}

func TestAnswersThatAreNotKenersHaveACodeToo(t *testing.T) {
	for status, wanted := range map[int]kener.ErrorCode{
		304: kener.ErrNotModified, 400: kener.ErrInvalidRequest, 401: kener.ErrUnauthorized, 403: kener.ErrForbidden,
		404: kener.ErrNotFound, 405: kener.ErrMethodNotAllowed, 409: kener.ErrConflict, 412: kener.ErrPreconditionFailed,
		413: kener.ErrPayloadTooLarge, 415: kener.ErrUnsupportedMediaType, 418: kener.ErrUnexpectedAnswer,
		302: kener.ErrUnexpectedAnswer, 429: kener.ErrRateLimited, 500: kener.ErrInternal, 502: kener.ErrUnavailable,
	} {
		client, _ := scripted(t, &sleeper{}, answer(status, ""))
		_, err := client.Me(t.Context())
		var refused *kener.Error
		if !errors.Is(err, wanted) || !errors.As(err, &refused) || refused.Message != http.StatusText(status) {
			t.Errorf("%d gives %v", status, err)
		}
	}
}

func TestWhatSomebodyElseAnswersIsNotTakenForDone(t *testing.T) {
	for _, body := range []string{"", "<html>", "[]", "{}", `{"success": true}`, `{"success": true, "data": null}`, `{"success": true, "data": []}`, `{"data": {"id": "a1"}}`} {
		client, _ := scripted(t, &sleeper{}, answer(200, body))
		if _, err := client.Me(t.Context()); !errors.Is(err, kener.ErrUnexpectedAnswer) {
			t.Errorf("%s gives %v", body, err)
		}
	}
	client, _ := scripted(t, &sleeper{}, answer(200, "<html>"))
	if err := client.Monitors.Delete(t.Context(), "x"); !errors.Is(err, kener.ErrUnexpectedAnswer) {
		t.Errorf("a page gives %v", err)
	}
	if _, err := client.OpenAPI(t.Context()); !errors.Is(err, kener.ErrUnexpectedAnswer) {
		t.Errorf("a page gives %v", err)
	}
	if _, err := client.Monitors.List(t.Context(), kener.MonitorQuery{}); !errors.Is(err, kener.ErrUnexpectedAnswer) {
		t.Errorf("a page gives %v", err)
	}
}

func TestEveryCodeOfTheServerIsKnown(t *testing.T) {
	told := strings.Split(environment(t, "KENER_CODES"), ",")
	source, err := os.ReadFile("codes.go")
	if err != nil {
		t.Fatal(err)
	}
	own := []string{}
	for line := range strings.Lines(string(source)) {
		if _, value, ok := strings.Cut(strings.TrimSpace(line), ` ErrorCode = "`); ok && strings.ToUpper(value) == value {
			own = append(own, strings.TrimSuffix(value, `"`))
		}
	}
	slices.Sort(told)
	slices.Sort(own)
	if !slices.Equal(own, told) {
		t.Errorf("the codes are %v, not %v", own, told)
	}
}
