package kener_test

import (
	"context"
	"errors"
	"math"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"
	"time"

	kener "github.com/kener/go-sdk"
)

func TestWhatMayPassIsSentAgain(t *testing.T) {
	for name, bad := range map[string]http.HandlerFunc{
		"too many requests":   answer(429, rateLimit),
		"a bug of theirs":     answer(500, "oh no"),
		"a proxy's bad luck":  answer(502, "<html>Bad gateway</html>"),
		"a busy database":     answer(503, "{}"),
		"a proxy's patience":  answer(504, ""),
		"no answer":           hangUp,
		"half an answer":      breakOff,
		"the first at work":   answer(409, atWork, "Retry-After", "1"),
		"a status of no name": answer(599, ""),
	} {
		t.Run(name, func(t *testing.T) {
			slept := &sleeper{}
			client, told := scripted(t, slept, bad, bad, answer(200, good))

			monitor := must(client.Monitors.Pause(t.Context(), "a1"))(t)

			equal(t, "the monitor", monitor.ID, "a1")
			equal(t, "the number of requests", len(told.got), 3)
			equal(t, "the number of waits", len(slept.slept), 2)
		})
	}
}

func TestWhatWillNotPassIsNotSentAgain(t *testing.T) {
	for name, bad := range map[string]http.HandlerFunc{
		"a bad request":      answer(400, "{}"),
		"a bad key":          answer(401, "{}"),
		"nothing there":      answer(404, notFound),
		"a conflict":         answer(409, `{"error": {"code": "CONFLICT"}}`),
		"another body":       answer(409, atWork), // without Retry-After nobody is at work
		"a redirect":         answer(301, "", "Location", "/elsewhere"),
		"somebody else":      answer(200, "<html>Please sign in</html>"),
		"somebody's failure": answer(200, `{"success": false}`),
	} {
		t.Run(name, func(t *testing.T) {
			client, told := scripted(t, &sleeper{}, bad)

			if _, err := client.Monitors.Pause(t.Context(), "a1"); err == nil {
				t.Error("there is no error")
			}
			if err := client.Monitors.Delete(t.Context(), "a1"); err == nil {
				t.Error("there is no error")
			}
			equal(t, "the number of requests", len(told.got), 2)
		})
	}
}

func TestWaitsDoubleAndEnd(t *testing.T) {
	slept := &sleeper{}
	client, told := scripted(t, slept, answer(503, "{}"))

	_, err := client.Me(t.Context())

	if !errors.Is(err, kener.ErrUnavailable) {
		t.Errorf("the error is %v", err)
	}
	wanted := []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second}
	if !reflect.DeepEqual(slept.slept, wanted) {
		t.Errorf("slept %v", slept.slept)
	}
	equal(t, "the number of requests", len(told.got), 4)
}

func TestHalfOfAWaitIsLeftToChance(t *testing.T) {
	for chance, wanted := range map[float64]time.Duration{0: 250 * time.Millisecond, 0.5: 375 * time.Millisecond} {
		slept := &sleeper{}
		fake := httptest.NewServer(answer(503, "{}"))
		client := at(t, fake.URL, slept.option(chance), kener.WithRetries(1))
		if err := client.Heartbeat.Ping(t.Context(), "x"); err == nil {
			t.Error("there is no error")
		}
		equal(t, "the wait", slept.slept[0], wanted)
		fake.Close()
	}
}

func TestWaitsAreBoundedHoweverManyThereAre(t *testing.T) {
	slept := &sleeper{}
	fake := httptest.NewServer(answer(503, "{}"))
	defer fake.Close()
	client := at(t, fake.URL, slept.option(1), kener.WithRetries(20), kener.WithMaxWait(20*time.Second))

	_, _ = client.Me(t.Context())

	equal(t, "the number of waits", len(slept.slept), 20)
	equal(t, "the last wait", slept.slept[19], 20*time.Second)
}

func TestRetryAfterIsHeeded(t *testing.T) {
	inSeven := noon.Add(7 * time.Second).Format(http.TimeFormat)
	for text, wanted := range map[string]time.Duration{
		"7": 7 * time.Second, inSeven: 7 * time.Second, "0": 0, "-3": 0, "soon": 0, "": 0,
	} {
		slept := &sleeper{}
		client, _ := scripted(t, slept, answer(429, rateLimit, "Retry-After", text), answer(200, good))

		must(client.Me(t.Context()))(t)

		// Up to half a second more, so that not all come at the same moment.
		equal(t, "the wait after "+text, slept.slept[0], wanted+500*time.Millisecond)
	}
}

func TestRetryAfterIsReadAsItIsWritten(t *testing.T) {
	for text, wanted := range map[string]time.Duration{
		" 3 ":               3 * time.Second,
		"99999999999999999": math.MaxInt64 / time.Second * time.Second,
		noon.Add(time.Minute).Format(http.TimeFormat): time.Minute,
		noon.Add(-time.Hour).Format(http.TimeFormat):  0,
	} {
		equal(t, "the wait after "+text, kener.RetryAfter(text, noon), wanted)
	}
}

func TestWhoIsToComeMuchLaterIsToldSoAtOnce(t *testing.T) {
	slept := &sleeper{}
	client, told := scripted(t, slept, answer(429, rateLimit, "Retry-After", "3600"))

	_, err := client.Me(t.Context())

	var refused *kener.Error
	if !errors.As(err, &refused) || refused.RetryAfter != time.Hour {
		t.Errorf("the error is %v", err)
	}
	equal(t, "the number of requests", len(told.got), 1)
}

func TestAWaitThatWouldOutlastTheContextIsNotBegun(t *testing.T) {
	slept := &sleeper{}
	client, _ := scripted(t, slept, answer(429, rateLimit, "Retry-After", "30"))
	ctx, cancel := context.WithDeadline(t.Context(), noon.Add(20*time.Second))
	defer cancel()

	_, err := client.Me(ctx)

	if !errors.Is(err, kener.ErrRateLimited) || len(slept.slept) != 0 {
		t.Errorf("slept %v, and the error is %v", slept.slept, err)
	}
}

func TestAContextThatEndsDuringAWaitEndsTheCall(t *testing.T) {
	client, told := scripted(t, &sleeper{err: context.Canceled}, answer(503, "{}"))

	_, err := client.Me(t.Context())

	if !errors.Is(err, context.Canceled) || !errors.Is(err, kener.ErrUnavailable) {
		t.Errorf("the error is %v", err)
	}
	equal(t, "the number of requests", len(told.got), 1)
}

func TestAContextThatHasEndedSendsNothing(t *testing.T) {
	client, told := scripted(t, &sleeper{}, answer(200, good))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	_, err := client.Me(ctx)

	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	equal(t, "the number of requests", len(told.got), 0)
}
