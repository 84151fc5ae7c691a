package kener_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	kener "github.com/kener/go-sdk"
)

// receiver takes webhooks as one should: it verifies them, and answers at once.
type receiver struct {
	secret string
	events chan *kener.Event
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		http.Error(w, "half a body", http.StatusBadRequest)
		return
	}
	event, err := kener.VerifyWebhook(body, request.Header, r.secret, 0)
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	_, _ = w.Write([]byte("taken"))
	r.events <- event
}

// next is the next event of this name. Others may come as well: facts of a moment ago, which the
// worker has not yet told anybody.
func (r *receiver) next(t *testing.T, name string) *kener.Event {
	t.Helper()
	late := time.After(time.Minute)
	for {
		select {
		case event := <-r.events:
			if event.Name == name {
				return event
			}
		case <-late:
			t.Fatalf("no %s came", name)
		}
	}
}

func TestAWebhookIsSentVerifiedAndLogged(t *testing.T) {
	client, hook := server(t), &receiver{events: make(chan *kener.Event, 10)}
	fake := httptest.NewServer(hook)
	defer fake.Close()
	made := must(client.Webhooks.Create(t.Context(), kener.WebhookInput{Name: "Go", URL: fake.URL, Enabled: kener.Set(false)}))(t)
	t.Cleanup(func() { tidy(t, client.Webhooks.Delete, made.ID) })
	if _, err := client.Webhooks.Test(t.Context(), made.ID); !errors.Is(err, kener.ErrConflict) {
		t.Errorf("one that is off: %v", err)
	}
	must(client.Webhooks.Update(t.Context(), made.ID, kener.WebhookChange{Enabled: kener.Set(true), Events: kener.Set([]string{kener.EventMonitorDown})}))(t)
	hook.secret = must(client.Webhooks.RenewSecret(t.Context(), made.ID))(t).Secret

	sent := must(client.Webhooks.Test(t.Context(), made.ID))(t)
	event := hook.next(t, kener.EventTest)

	equal(t, "its id", event.ID, sent.ID)
	equal(t, "its sequence", event.Sequence(), sent.Sequence)
	delivered := delivery(t, client, made.ID, sent.ID)
	equal(t, "the answer", delivered.Log[0].Answer, "taken")
	equal(t, "the status", *delivered.Log[0].StatusCode, 200)
	equal(t, "the body", delivered.Body["event"], any(kener.EventTest))
	part := must(client.Webhooks.Deliveries.List(t.Context(), made.ID, kener.ListQuery{}))(t)
	if !slices.ContainsFunc(part.Items, func(each kener.DeliverySummary) bool { return each.ID == sent.ID }) {
		t.Errorf("the log has %+v", part.Items)
	}

	must(client.Webhooks.Deliveries.Redeliver(t.Context(), made.ID, sent.ID))(t)
	equal(t, "the id of what was sent again", hook.next(t, kener.EventTest).ID, sent.ID)
	times := 0
	for each, err := range client.Webhooks.Deliveries.All(t.Context(), made.ID, kener.ListQuery{Limit: 1}) {
		equal(t, "the error", err, nil)
		if each.ID == sent.ID {
			times++
		}
	}
	equal(t, "how often it is in the log", times, 1)
}

func TestAWebhookTellsThatAMonitorIsDown(t *testing.T) {
	client, hook := server(t), &receiver{events: make(chan *kener.Event, 10)}
	fake := httptest.NewServer(hook)
	defer fake.Close()
	made := must(client.Webhooks.Create(t.Context(), kener.WebhookInput{Name: "Go", URL: fake.URL, Events: []string{kener.EventMonitorDown}}))(t)
	t.Cleanup(func() { tidy(t, client.Webhooks.Delete, made.ID) })
	hook.secret = made.Secret
	equal(t, "the receiver", must(client.Webhooks.Get(t.Context(), made.ID))(t).URL, fake.URL)
	equal(t, "the total", *must(client.Webhooks.List(t.Context(), kener.ListQuery{}))(t).Total, 1)
	for each, err := range client.Webhooks.All(t.Context(), kener.ListQuery{}) {
		equal(t, "the error", err, nil)
		equal(t, "the receiver", each.ID, made.ID)
	}
	shop := aMonitor(t, client, "Shop of a webhook")
	must(client.Monitors.SetStatus(t.Context(), shop.ID, kener.StatusInput{Status: kener.StatusUp}))(t)
	must(client.Monitors.SetStatus(t.Context(), shop.ID, kener.StatusInput{Status: kener.StatusDown, Message: "no power"}))(t)

	var told kener.MonitorEvent
	for told.MonitorID != shop.ID {
		if err := hook.next(t, kener.EventMonitorDown).Decode(&told); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, "its status", told.Status, kener.StatusDown)
	equal(t, "the reason", *told.Reason, kener.ReasonReported)
}

// delivery is one that is over: the worker writes it down a moment after the receiver has answered.
func delivery(t *testing.T, client *kener.Client, webhook, id string) *kener.Delivery {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		found := must(client.Webhooks.Deliveries.Get(t.Context(), webhook, id))(t)
		if found.State != kener.DeliveryPending {
			return found
		}
		if time.Now().After(deadline) {
			t.Fatalf("it is still %+v", found)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
