package kener_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	kener "github.com/kener/go-sdk"
)

const (
	webhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	told          = `{"event":"monitor.down","timestamp":"2026-01-31T10:30:00Z","data":{"monitor_id":"abc123","name":"API Server","status":"down","id":"msg_1","sequence":7}}`
)

func signed(body, secret, id string, at time.Time) http.Header {
	key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	seconds := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + seconds + "." + body))
	header := http.Header{}
	header.Set("webhook-id", id)
	header.Set("webhook-timestamp", seconds)
	header.Set("webhook-signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return header
}

func TestTheExampleOfStandardWebhooksIsGood(t *testing.T) {
	header := http.Header{}
	header.Set("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek")
	header.Set("webhook-timestamp", "1614265330")
	header.Set("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")

	event, err := kener.VerifyAt([]byte(`{"test": 2432232314}`), header, webhookSecret, 0, time.Unix(1614265330, 0))

	if err != nil || event.ID != "msg_p5jXN8AQM9LWM0D4loKWxJek" {
		t.Errorf("%+v, %v", event, err)
	}
}

func TestAGoodWebhookIsAnEvent(t *testing.T) {
	event := must(kener.VerifyAt([]byte(told), signed(told, webhookSecret, "msg_1", noon), webhookSecret, 0, noon))(t)

	var monitor kener.MonitorEvent
	if err := event.Decode(&monitor); err != nil {
		t.Fatal(err)
	}
	equal(t, "the event", event.Name, kener.EventMonitorDown)
	equal(t, "the id", event.ID, "msg_1")
	equal(t, "the time", event.Timestamp, time.Date(2026, 1, 31, 10, 30, 0, 0, time.UTC))
	equal(t, "the sequence", event.Sequence(), 7)
	equal(t, "the monitor", monitor.MonitorID, "abc123")
	equal(t, "its status", monitor.Status, kener.StatusDown)
}

func TestOneGoodSignatureOfSeveralIsEnough(t *testing.T) {
	header := signed(told, webhookSecret, "msg_1", noon)
	mine := header.Get("webhook-signature")

	header.Set("webhook-signature", "v1,AAAA v1a,"+strings.TrimPrefix(mine, "v1,")+" "+mine)
	if _, err := kener.VerifyAt([]byte(told), header, webhookSecret, 0, noon); err != nil {
		t.Error(err)
	}
	header.Set("webhook-signature", "v1,AAAA")
	header.Add("webhook-signature", mine)
	if _, err := kener.VerifyAt([]byte(told), header, webhookSecret, 0, noon); err != nil {
		t.Error(err)
	}
}

func TestAWebhookThatIsNotOursIsRefused(t *testing.T) {
	for name, change := range map[string]func(http.Header){
		"no signature":   func(h http.Header) { h.Del("webhook-signature") },
		"an empty one":   func(h http.Header) { h.Set("webhook-signature", "") },
		"another scheme": func(h http.Header) { h.Set("webhook-signature", "v2,"+h.Get("webhook-signature")[3:]) },
		"a shorter one":  func(h http.Header) { h.Set("webhook-signature", h.Get("webhook-signature")[:20]) },
		"no scheme":      func(h http.Header) { h.Set("webhook-signature", h.Get("webhook-signature")[3:]) },
		"another id":     func(h http.Header) { h.Set("webhook-id", "msg_2") },
		"no id":          func(h http.Header) { h.Del("webhook-id") },
		"another time":   func(h http.Header) { h.Set("webhook-timestamp", strconv.FormatInt(noon.Unix()+1, 10)) },
		"a signed other one": func(h http.Header) {
			h.Set("webhook-signature", signed(told, webhookSecret, "msg_2", noon).Get("webhook-signature"))
		},
	} {
		header := signed(told, webhookSecret, "msg_1", noon)
		change(header)
		if _, err := kener.VerifyAt([]byte(told), header, webhookSecret, 0, noon); !errors.Is(err, kener.ErrBadSignature) {
			t.Errorf("%s gives %v", name, err)
		}
	}
	header := signed(told, webhookSecret, "msg_1", noon)
	if _, err := kener.VerifyAt([]byte(told+" "), header, webhookSecret, 0, noon); !errors.Is(err, kener.ErrBadSignature) {
		t.Errorf("another body gives %v", err)
	}
	if _, err := kener.VerifyAt([]byte(told), header, "whsec_AAAA", 0, noon); !errors.Is(err, kener.ErrBadSignature) {
		t.Errorf("another secret gives %v", err)
	}
}

func TestAWebhookThatIsTooOldIsRefused(t *testing.T) {
	header := signed(told, webhookSecret, "msg_1", noon)
	for late, tolerance := range map[time.Duration]time.Duration{
		5*time.Minute + time.Second:  0,
		-5*time.Minute - time.Second: 0,
		11 * time.Second:             10 * time.Second,
	} {
		if _, err := kener.VerifyAt([]byte(told), header, webhookSecret, tolerance, noon.Add(late)); !errors.Is(err, kener.ErrBadTimestamp) {
			t.Errorf("%s late gives %v", late, err)
		}
	}
	for late, tolerance := range map[time.Duration]time.Duration{5 * time.Minute: 0, -5 * time.Minute: 0, time.Hour: time.Hour} {
		must(kener.VerifyAt([]byte(told), header, webhookSecret, tolerance, noon.Add(late)))(t)
	}
	for _, text := range []string{"", "soon", "1e9", "99999999999999999999"} {
		header.Set("webhook-timestamp", text)
		if _, err := kener.VerifyAt([]byte(told), header, webhookSecret, 0, noon); !errors.Is(err, kener.ErrBadTimestamp) {
			t.Errorf("%q gives %v", text, err)
		}
	}
}

func TestASecretMustBeOne(t *testing.T) {
	for _, bad := range []string{"", "whsec_", "whsec_!!!"} {
		_, err := kener.VerifyAt([]byte(told), signed(told, bad, "msg_1", noon), bad, 0, noon)
		if err == nil || strings.Contains(err.Error(), "!!!") {
			t.Errorf("%q gives %v", bad, err)
		}
	}
}

func TestWhatIsSignedButNoEventIsAnError(t *testing.T) {
	if _, err := kener.VerifyAt([]byte("x"), signed("x", webhookSecret, "msg_1", noon), webhookSecret, 0, noon); err == nil {
		t.Error("there is no error")
	}
}

func TestTheClockIsTheRealOne(t *testing.T) {
	must(kener.VerifyWebhook([]byte(told), signed(told, webhookSecret, "msg_1", time.Now()), webhookSecret, 0))(t)
	if _, err := kener.VerifyWebhook([]byte(told), signed(told, webhookSecret, "msg_1", noon), webhookSecret, 0); err == nil {
		t.Error("a webhook of another century is taken")
	}
}

func TestWhatTheServerSignsIsGood(t *testing.T) {
	var messages []struct{ Secret, ID, Timestamp, Signature, Body string }
	if err := json.Unmarshal([]byte(environment(t, "KENER_SIGNED")), &messages); err != nil || len(messages) == 0 {
		t.Fatal(err)
	}
	for _, each := range messages {
		header := http.Header{}
		header.Set("webhook-id", each.ID)
		header.Set("webhook-timestamp", each.Timestamp)
		header.Set("webhook-signature", each.Signature)
		seconds, _ := strconv.ParseInt(each.Timestamp, 10, 64)
		event := must(kener.VerifyAt([]byte(each.Body), header, each.Secret, 0, time.Unix(seconds, 0)))(t)
		equal(t, "the id", event.ID, each.ID)
	}
}

func TestEveryEventOfTheServerIsKnown(t *testing.T) {
	source := string(must(os.ReadFile("event.go"))(t))
	own := []string{}
	for line := range strings.Lines(source[:strings.Index(source, "EventTest")]) {
		if _, value, ok := strings.Cut(strings.TrimSpace(line), ` = "`); ok {
			own = append(own, strings.TrimSuffix(value, `"`))
		}
	}
	if wanted := strings.Split(environment(t, "KENER_EVENTS"), ","); !slices.Equal(own, wanted) {
		t.Errorf("the events are %v, not %v", own, wanted)
	}
}
