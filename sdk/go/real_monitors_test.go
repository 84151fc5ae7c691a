package kener_test

import (
	"errors"
	"net"
	"slices"
	"testing"
	"time"

	kener "github.com/kener/go-sdk"
)

// aMonitor is a new one of kind manual, which is never checked, but told how it is.
func aMonitor(t *testing.T, client *kener.Client, name string, tags ...string) *kener.Monitor {
	t.Helper()
	input := kener.MonitorInput{Name: name, Kind: "manual", Tags: tags}
	monitor := must(client.Monitors.Create(t.Context(), input))(t)
	t.Cleanup(func() { tidy(t, client.Monitors.Delete, monitor.ID) })
	return monitor
}

func TestAMonitorIsMadeChangedAndDeleted(t *testing.T) {
	client := server(t)
	made := must(client.Monitors.Create(t.Context(), kener.MonitorInput{
		Name: "Käse & Brot", Kind: "http", Settings: map[string]any{"url": "https://shop.example/health"},
		Interval: 30, RetryInterval: kener.Set(0), DegradedOver: 800, Tags: []string{"shop"},
	}))(t)
	equal(t, "the slug", made.Slug, "kase-brot")
	equal(t, "the retry interval", made.RetryInterval, 0)
	equal(t, "the limit", *made.DegradedOver, 800)
	equal(t, "the status", made.Status, kener.StatusUnknown)
	equal(t, "the url", made.Settings["url"], any("https://shop.example/health"))
	if made.CreatedAt.IsZero() || made.CreatedAt.Location() != time.UTC || time.Since(made.CreatedAt) > time.Hour {
		t.Errorf("was made %v", made.CreatedAt)
	}

	changed := must(client.Monitors.Update(t.Context(), "kase-brot", kener.MonitorChange{
		Name: kener.Set("Shop"), DegradedOver: kener.Null[float64](), Tags: kener.Set([]string{}),
	}))(t)
	equal(t, "the name", changed.Name, "Shop")
	equal(t, "the limit", changed.DegradedOver, nil)
	equal(t, "the number of tags", len(changed.Tags), 0)
	equal(t, "the interval", changed.Interval, 30)

	if err := client.Monitors.Delete(t.Context(), made.ID); err != nil {
		t.Error(err)
	}
	if _, err := client.Monitors.Get(t.Context(), made.ID); !errors.Is(err, kener.ErrNotFound) {
		t.Errorf("what was deleted gives %v", err)
	}
}

func TestEveryBadFieldIsNamed(t *testing.T) {
	_, err := server(t).Monitors.Create(t.Context(), kener.MonitorInput{Kind: "tcp", Interval: 1})

	var refused *kener.Error
	if !errors.Is(err, kener.ErrInvalidRequest) || !errors.As(err, &refused) {
		t.Fatalf("the error is %v", err)
	}
	fields := map[string]string{}
	for _, each := range refused.Details {
		fields[each.Field] = each.Code
	}
	equal(t, "the name", fields["name"], "required")
	equal(t, "the interval", fields["interval"], "invalid")
	equal(t, "the host", fields["settings.host"], "invalid")
	if refused.RequestID == "" {
		t.Error("the request has no id")
	}
}

func TestAChangeThatComesTooLateIsRefused(t *testing.T) {
	client, seen := server(t), kener.Meta{}
	monitor := aMonitor(t, client, "Late")
	must(client.Monitors.Get(t.Context(), monitor.ID, kener.WithMeta(&seen)))(t)
	must(client.Monitors.Update(t.Context(), monitor.ID, kener.MonitorChange{Name: kener.Set("Later")}, kener.IfMatch(seen.ETag)))(t)

	late := kener.MonitorChange{Name: kener.Set("Latest")}
	if _, err := client.Monitors.Update(t.Context(), monitor.ID, late, kener.IfMatch(seen.ETag)); !errors.Is(err, kener.ErrPreconditionFailed) {
		t.Errorf("by its ETag: %v", err)
	}
	late.Version = kener.Set(monitor.Version)
	if _, err := client.Monitors.Update(t.Context(), monitor.ID, late); !errors.Is(err, kener.ErrConflict) {
		t.Errorf("by its version: %v", err)
	}
}

func TestWhatHasNotChangedIsNotReadAgain(t *testing.T) {
	client, seen := server(t), kener.Meta{}
	monitor := aMonitor(t, client, "Same")
	must(client.Monitors.Get(t.Context(), monitor.ID, kener.WithMeta(&seen)))(t)

	_, err := client.Monitors.Get(t.Context(), monitor.ID, kener.IfNoneMatch(seen.ETag))

	if !errors.Is(err, kener.ErrNotModified) {
		t.Errorf("the error is %v", err)
	}
}

func TestMonitorsAreFoundByWhatTheyAreLike(t *testing.T) {
	client := server(t)
	for _, name := range []string{"Page 1", "Page 2", "Page 3", "Page 4", "Page 5"} {
		aMonitor(t, client, name, "paged")
	}
	must(client.Monitors.Pause(t.Context(), "page-5"))(t)
	names := []string{}
	query := kener.MonitorQuery{Tag: "paged", Paused: kener.Set(false), Sort: "-name", Limit: 2, Fields: []string{"name"}}
	for monitor, err := range client.Monitors.All(t.Context(), query) {
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "what was not asked for", monitor.ID, "")
		names = append(names, monitor.Name)
	}
	if !slices.Equal(names, []string{"Page 4", "Page 3", "Page 2", "Page 1"}) {
		t.Errorf("found %v", names)
	}
	part := must(client.Monitors.List(t.Context(), query))(t)
	equal(t, "the total", *part.Total, 4)
}

func TestAMonitorIsPausedResumedAndToldHowItIs(t *testing.T) {
	client := server(t)
	monitor := aMonitor(t, client, "Told")
	equal(t, "paused", must(client.Monitors.Pause(t.Context(), monitor.ID))(t).Paused, true)
	if _, err := client.Monitors.Check(t.Context(), monitor.ID); !errors.Is(err, kener.ErrConflict) {
		t.Errorf("a paused one: %v", err)
	}
	equal(t, "resumed", must(client.Monitors.Resume(t.Context(), monitor.ID))(t).Paused, false)
	must(client.Monitors.Check(t.Context(), monitor.ID))(t)

	down := must(client.Monitors.SetStatus(t.Context(), monitor.ID, kener.StatusInput{
		Status: kener.StatusDown, Message: "no power", ExpiresAt: time.Now().Add(time.Hour),
	}))(t)

	equal(t, "the status", down.Status, kener.StatusDown)
	equal(t, "the reason", *down.Reason, kener.ReasonReported)
}

func TestTheHistoryOfAMonitorIsTold(t *testing.T) {
	client := server(t)
	monitor := aMonitor(t, client, "Past")
	must(client.Monitors.SetStatus(t.Context(), monitor.ID, kener.StatusInput{Status: kener.StatusUp}))(t)
	must(client.Monitors.SetStatus(t.Context(), monitor.ID, kener.StatusInput{Status: kener.StatusDown}))(t)

	results := must(client.Monitors.Results(t.Context(), monitor.ID, kener.ResultQuery{Status: kener.StatusDown}))(t)
	equal(t, "the number of bad results", len(results.Items), 1)
	equal(t, "the total", results.Total, nil)
	count := 0
	for span, err := range client.Monitors.AllSpans(t.Context(), monitor.ID, kener.SpanQuery{Limit: 1}) {
		if err != nil {
			t.Fatal(err)
		}
		if count == 0 && (span.Status != kener.StatusDown || span.To != nil) {
			t.Errorf("the newest is %+v", span)
		}
		count++
	}
	if count < 2 {
		t.Errorf("there are %d spans", count)
	}
	uptime := must(client.Monitors.Uptime(t.Context(), monitor.ID, kener.UptimeQuery{Window: "24h", Days: true, TimeZone: "Europe/Berlin"}))(t)
	equal(t, "the zone", uptime.TimeZone, "Europe/Berlin")
	if len(uptime.Days) < 1 || len(uptime.Seconds) != 6 {
		t.Errorf("the uptime is %+v", uptime)
	}
	latency := must(client.Monitors.Latency(t.Context(), monitor.ID, kener.LatencyQuery{
		From: time.Now().Add(-time.Hour), To: time.Now(), Percentiles: []float64{50, 99.9},
	}))(t)
	if value, ok := latency.Percentiles["99.9"]; !ok || value != nil {
		t.Errorf("the latency is %+v", latency)
	}
}

func TestAMonitorIsTriedOut(t *testing.T) {
	target := must(net.Listen("tcp", "127.0.0.1:0"))(t)
	defer target.Close()
	trial := kener.TrialInput{}
	trial.Kind = kener.Set("tcp")
	trial.Name = kener.Set("Trial")
	trial.Settings = kener.TcpSettings{Host: "127.0.0.1", Port: target.Addr().(*net.TCPAddr).Port}

	seen := must(server(t).Monitors.Test(t.Context(), trial))(t)

	if seen.Status != kener.StatusUp || *seen.LatencyMS <= 0 || len(seen.Phases) == 0 {
		t.Errorf("saw %+v", seen)
	}
}

func TestManyAreChangedAtOnce(t *testing.T) {
	client := server(t)
	one, other := aMonitor(t, client, "Many 1"), aMonitor(t, client, "Many 2", "many")

	done := must(client.Monitors.Bulk(t.Context(), kener.BulkInput{
		Action: kener.ActionTag, IDs: []string{one.ID, other.Slug, "nobody"}, Tags: []string{"many"},
	}))(t)

	equal(t, "what was changed", done.Changed[0], kener.Named{ID: one.ID, Slug: one.Slug, Name: "Many 1"})
	equal(t, "what was not", done.Unchanged[0].ID, other.ID)
	equal(t, "what was refused", done.Refused[0].Code, "not_found")
	done = must(client.Monitors.Bulk(t.Context(), kener.BulkInput{
		Action: kener.ActionDelete, Filter: kener.MonitorFilter{Tag: []string{"many"}, Paused: kener.Set(false)},
	}))(t)
	equal(t, "the number of deleted ones", len(done.Changed), 2)
}
