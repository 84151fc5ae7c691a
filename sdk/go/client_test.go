package kener_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	kener "github.com/kener/go-sdk"
)

const secretKey = "kener_abc_def"

func TestNoWayOfPrintingShowsTheKey(t *testing.T) {
	client := at(t, "https://status.example.com", kener.WithKey(secretKey))
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, each := range []any{client, *client, client.Monitors, *client.Monitors, client.Incidents, *client.Incidents, []any{client, *client}, map[string]any{"a": client}} {
			text := fmt.Sprintf(verb, each)
			if strings.Contains(text, "abc_def") || strings.Contains(text, fmt.Sprintf("%x", "abc_def")) {
				t.Errorf("%s of %T shows the key", verb, each)
			}
		}
	}
	raw, err := json.Marshal(client)
	if err != nil || strings.Contains(string(raw), "abc_def") {
		t.Errorf("as JSON: %s, %v", raw, err)
	}
	equal(t, "the client", client.String(), "kener.Client(https://status.example.com)")
	equal(t, "all of it", fmt.Sprintf("%+v, %#v", client, *client), client.String()+", "+client.String())
	equal(t, "no client", kener.Client{}.String(), "kener.Client")
}

func TestNoErrorShowsTheKey(t *testing.T) {
	echo := func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Get("Authorization")
		w.Header().Set("X-Request-Id", key)
		w.WriteHeader(400)
		_, _ = fmt.Fprintf(w, `{"error": {"code": %q, "message": %q, "details": [{"field": "x", "message": %q}]}}`, key, key, key)
	}
	client, _ := scripted(t, &sleeper{}, echo, hangUp)

	for range 2 {
		_, err := client.Me(t.Context())
		if err == nil || strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), secretKey) {
			t.Errorf("the error is %v", err)
		}
	}
	for _, bad := range []string{"kener_abc_def\nX: y", "kener abc_def", "kener_abc_déf", ""} {
		_, err := kener.New("https://status.example.com", kener.WithKey(bad))
		if err == nil || strings.Contains(err.Error(), "abc") {
			t.Errorf("the error is %v", err)
		}
	}
}

func TestNoErrorShowsTheTokenOfAHeartbeat(t *testing.T) {
	client, _ := scripted(t, &sleeper{}, answer(404, notFound), hangUp)

	for range 2 {
		err := client.Heartbeat.Fail(t.Context(), "a-secret", "x")
		if err == nil || strings.Contains(err.Error(), "a-secret") || !strings.Contains(err.Error(), "POST /api/heartbeat/***/fail") {
			t.Errorf("the error is %v", err)
		}
	}
}

func TestAnAddressMustBeOne(t *testing.T) {
	for _, bad := range []string{"", "status.example.com", "ftp://x", "https://", "https://me:hunter2@x", "https://x?y", "https://x#y", "https://me:hunter2@x y"} {
		_, err := kener.New(bad)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for given, wanted := range map[string]string{
		"https://x/": "https://x", "https://x/api": "https://x", "https://x/api/": "https://x", "http://x:3000/kener/": "http://x:3000/kener",
	} {
		equal(t, given, at(t, given).String(), "kener.Client("+wanted+")")
	}
}

func TestOptionsMustMakeSense(t *testing.T) {
	for name, bad := range map[string]kener.ClientOption{
		"retries below zero": kener.WithRetries(-1),
		"endless retries":    kener.WithRetries(101),
		"no wait":            kener.WithMaxWait(0),
		"no client":          kener.WithHTTPClient(nil),
	} {
		if _, err := kener.New("https://x", bad); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestEveryPostIsDoneOnceAndEachIsAnother(t *testing.T) {
	client, told := scripted(t, &sleeper{}, answer(503, "{}"), hangUp, answer(200, good))
	must(client.Monitors.Pause(t.Context(), "a1"))(t)
	must(client.Monitors.Pause(t.Context(), "a1"))(t)
	must(client.Monitors.Pause(t.Context(), "a1", kener.IdempotencyKey("deploy-1742")))(t)
	must(client.Monitors.Update(t.Context(), "a1", kener.MonitorChange{}))(t)

	keys := told.headers("Idempotency-Key")

	if len(keys) != 6 || len(keys[0]) < 20 || keys[0] != keys[1] || keys[1] != keys[2] || keys[3] == keys[2] {
		t.Errorf("the keys are %v", keys)
	}
	equal(t, "the given key", keys[4], "deploy-1742")
	equal(t, "the key of a PUT", keys[5], "")
}

func TestTheSameBodyIsSentAgain(t *testing.T) {
	bodies := []string{}
	take := func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies = append(bodies, string(body))
		answer(503, "{}")(w, r)
	}
	client, _ := scripted(t, &sleeper{}, take, take, answer(201, good))

	must(client.Secrets.Put(t.Context(), "A", kener.SecretInput{Value: kener.Set("sesame")}))(t)

	if !reflect.DeepEqual(bodies, []string{`{"value":"sesame"}`, `{"value":"sesame"}`}) {
		t.Errorf("the bodies are %q", bodies)
	}
}

func TestTheKeyGoesOnlyWhereItIsNeeded(t *testing.T) {
	client, told := scripted(t, &sleeper{}, answer(200, good))
	elsewhere := httptest.NewServer(answer(200, good))
	defer elsewhere.Close()
	told.answers = append(told.answers, answer(200, good), answer(307, "", "Location", elsewhere.URL+"/api/me"))

	must(client.Me(t.Context()))(t)
	if err := client.Heartbeat.Ping(t.Context(), "x"); err != nil {
		t.Error(err)
	}
	if _, err := client.Me(t.Context()); !errors.Is(err, kener.ErrUnexpectedAnswer) {
		t.Errorf("a redirect gives %v", err)
	}

	if found := told.headers("Authorization"); !reflect.DeepEqual(found, []string{"Bearer " + secretKey, "", "Bearer " + secretKey}) {
		t.Errorf("was sent %v", found)
	}
}

func TestAnIdIsOnePartOfAnAddress(t *testing.T) {
	client, told := scripted(t, &sleeper{}, answer(200, good))
	must(client.Monitors.Get(t.Context(), "a/b?c#d e%"))(t)
	equal(t, "the path", told.got[0].URL.EscapedPath(), "/api/monitors/a%2Fb%3Fc%23d%20e%25")

	for _, bad := range []string{"", ".", ".."} {
		if err := client.Monitors.Delete(t.Context(), bad); err == nil {
			t.Errorf("%q is taken for an id", bad)
		}
	}
	equal(t, "the number of requests", len(told.got), 1)
}
