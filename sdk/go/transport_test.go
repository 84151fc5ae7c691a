package kener_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	kener "github.com/kener/go-sdk"
)

func TestACertificateThatIsNotTrustedIsNotTriedAgain(t *testing.T) {
	told, slept := &script{answers: []http.HandlerFunc{answer(200, good)}}, &sleeper{}
	fake := httptest.NewUnstartedServer(told)
	fake.Config.ErrorLog = log.New(io.Discard, "", 0) // of the handshake that fails
	fake.StartTLS()
	defer fake.Close()

	_, err := at(t, fake.URL, slept.option(0)).Me(t.Context())

	var untrusted *tls.CertificateVerificationError
	if !errors.As(err, &untrusted) || len(slept.slept) != 0 {
		t.Errorf("slept %v, then %v", slept.slept, err)
	}
	trusting := at(t, fake.URL, kener.WithHTTPClient(fake.Client()))
	must(trusting.Me(t.Context()))(t)
}

func TestAClientOfOnesOwnFollowsNoRedirectEither(t *testing.T) {
	elsewhere := httptest.NewServer(answer(200, good))
	defer elsewhere.Close()
	fake := httptest.NewServer(answer(302, "", "Location", elsewhere.URL))
	defer fake.Close()
	own := &http.Client{Timeout: time.Minute}

	_, err := at(t, fake.URL, kener.WithHTTPClient(own)).Me(t.Context())

	if !errors.Is(err, kener.ErrUnexpectedAnswer) {
		t.Errorf("the error is %v", err)
	}
	if own.CheckRedirect != nil {
		t.Error("the client of one's own was changed")
	}
}

func TestTooLongAnAnswerIsNotTaken(t *testing.T) {
	part := []byte(strings.Repeat(" ", 1<<20))
	endless := func(w http.ResponseWriter, _ *http.Request) {
		for range 65 {
			if _, err := w.Write(part); err != nil {
				return
			}
		}
	}
	client, told := scripted(t, &sleeper{}, endless)

	_, err := client.Me(t.Context())

	if !errors.Is(err, kener.ErrUnexpectedAnswer) || len(told.got) != 1 {
		t.Errorf("the error is %v", err)
	}
}

func TestAContextThatEndsWhileASleepIsRealWakesIt(t *testing.T) {
	asked := make(chan struct{}, 10)
	fake := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer(429, rateLimit, "Retry-After", "50")(w, r)
		asked <- struct{}{}
	}))
	defer fake.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-asked
		cancel()
	}()

	_, err := at(t, fake.URL).Me(ctx)

	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

func TestARequestThatWasSentAgainInVainAndThenDoneIsTold(t *testing.T) {
	slept := &sleeper{}
	client, _ := scripted(t, slept, answer(503, "{}"), answer(200, good, "Idempotent-Replayed", "true", "ETag", `"a"`, "X-RateLimit-Reset", "1790000000"))
	var seen kener.Meta

	must(client.Monitors.Pause(t.Context(), "a1", kener.WithMeta(&seen)))(t)

	equal(t, "beside it", seen, kener.Meta{
		Status: 200, ETag: `"a"`, Replayed: true, Attempts: 2, Reset: time.Unix(1790000000, 0).UTC(),
	})
}

func TestSeveralGoroutinesShareAClient(t *testing.T) {
	client, told := scripted(t, &sleeper{}, answer(200, good))
	var all sync.WaitGroup
	for range 20 {
		all.Add(1)
		go func() {
			defer all.Done()
			if _, err := client.Monitors.Pause(t.Context(), "a1"); err != nil {
				t.Error(err)
			}
		}()
	}
	all.Wait()
	keys := map[string]bool{}
	for _, each := range told.headers("Idempotency-Key") {
		keys[each] = true
	}
	equal(t, "the number of keys", len(keys), 20)
}
