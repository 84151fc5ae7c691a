package kener_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	kener "github.com/kener/go-sdk"
)

// noon lies ahead, so that a context can have a deadline close to it.
var noon = time.Date(2100, 1, 31, 12, 0, 0, 0, time.UTC)

// sleeper sleeps by writing down for how long.
type sleeper struct {
	slept []time.Duration
	err   error
}

func (s *sleeper) option(chance float64) kener.ClientOption {
	sleep := func(_ context.Context, wait time.Duration) error {
		s.slept = append(s.slept, wait)
		return s.err
	}
	return kener.WithClock(func() time.Time { return noon }, func() float64 { return chance }, sleep)
}

// script is a server that gives one answer after another, the last again and again, and keeps what
// it was asked.
type script struct {
	answers []http.HandlerFunc
	lock    sync.Mutex
	got     []*http.Request
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.lock.Lock()
	next := s.answers[min(len(s.got), len(s.answers)-1)]
	s.got = append(s.got, r)
	s.lock.Unlock()
	next(w, r)
}

func (s *script) headers(name string) []string {
	s.lock.Lock()
	defer s.lock.Unlock()
	found := []string{}
	for _, each := range s.got {
		found = append(found, each.Header.Get(name))
	}
	return found
}

// scripted is a client of a script, which never really sleeps.
func scripted(t *testing.T, slept *sleeper, answers ...http.HandlerFunc) (*kener.Client, *script) {
	t.Helper()
	told := &script{answers: answers}
	fake := httptest.NewServer(told)
	t.Cleanup(fake.Close)
	return at(t, fake.URL, kener.WithKey("kener_abc_def"), slept.option(1)), told
}

// answer answers with a status, headers in pairs, and a body.
func answer(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for pair := range slices.Chunk(headers, 2) {
			w.Header().Set(pair[0], pair[1])
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// hangUp ends the connection without an answer.
func hangUp(w http.ResponseWriter, _ *http.Request) {
	connection, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		_ = connection.Close()
	}
}

// breakOff ends the connection in the middle of an answer.
func breakOff(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	_, _ = w.Write([]byte(`{"success": true, "data"`))
}

const (
	good      = `{"success": true, "data": {"id": "a1"}, "message": "Operation successful"}`
	rateLimit = `{"success": false, "error": {"code": "RATE_LIMITED", "message": "Too many requests."}}`
	atWork    = `{"success": false, "error": {"code": "IDEMPOTENCY_CONFLICT", "message": "Still at work."}}`
	notFound  = `{"success": false, "error": {"code": "NOT_FOUND", "message": "There is no such thing."}}`
)
