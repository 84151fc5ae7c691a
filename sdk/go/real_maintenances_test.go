package kener_test

import (
	"errors"
	"testing"
	"time"

	kener "github.com/kener/go-sdk"
)

const wallTime = "2006-01-02T15:04:05"

func TestWorkIsPlannedMovedAndFinished(t *testing.T) {
	client := server(t)
	shop := aMonitor(t, client, "Shop of planned work")
	begun := time.Now().UTC().Add(-10 * time.Minute).Truncate(time.Second)
	planned := must(client.Maintenances.Create(t.Context(), kener.MaintenanceInput{
		Title: "New disks", Starts: begun.Format(wallTime), Duration: 60, Reminders: []int{30}, Notify: kener.Set(false),
		Monitors: []kener.PlannedInput{{ID: shop.Slug, Impact: "degraded"}},
	}))(t)
	t.Cleanup(func() { tidy(t, client.Maintenances.Delete, planned.ID) })
	equal(t, "the status", planned.Status, kener.WindowInProgress)
	equal(t, "the rule", planned.RRule, nil)
	equal(t, "the impact", planned.Monitors[0].Impact, "degraded")

	window := must(client.Windows.Get(t.Context(), planned.Window.ID))(t)
	equal(t, "the beginning", window.StartsAt, begun)
	longer := must(client.Windows.Extend(t.Context(), window.ID, kener.ExtendInput{Minutes: 15}))(t)
	equal(t, "the end", longer.EndsAt, begun.Add(75*time.Minute))
	moved := must(client.Windows.Update(t.Context(), window.ID, kener.WindowChange{
		StartsAt: kener.Set(begun.Add(5 * time.Minute)), Version: kener.Set(longer.Version),
	}))(t)
	equal(t, "the beginning", moved.StartsAt, begun.Add(5*time.Minute))
	over := must(client.Windows.Finish(t.Context(), window.ID))(t)
	equal(t, "the status", over.Status, kener.WindowCompleted)
	if _, err := client.Windows.Extend(t.Context(), window.ID, kener.ExtendInput{Minutes: 1}); !errors.Is(err, kener.ErrConflict) {
		t.Errorf("one that is over: %v", err)
	}
}

func TestWorkIsPlannedByARule(t *testing.T) {
	client := server(t)
	soon := time.Now().UTC().Add(24 * time.Hour).Truncate(time.Second)
	planned := must(client.Maintenances.Create(t.Context(), kener.MaintenanceInput{
		Title: "Weekly", Starts: soon.Format(wallTime), TimeZone: "Europe/Berlin", Duration: 30, RRule: "FREQ=WEEKLY;COUNT=3",
	}))(t)
	t.Cleanup(func() { tidy(t, client.Maintenances.Delete, planned.ID) })
	changed := must(client.Maintenances.Update(t.Context(), planned.ID, kener.MaintenanceChange{Message: kener.Set("Every week."), Draft: kener.Set(false)}))(t)
	equal(t, "the message", changed.Message, "Every week.")
	equal(t, "the rule", *must(client.Maintenances.Get(t.Context(), planned.ID))(t).RRule, "FREQ=WEEKLY;COUNT=3")

	count := 0
	for window, err := range client.Maintenances.Windows.All(t.Context(), planned.ID, kener.WindowQuery{Over: kener.Set(false), Limit: 2}) {
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "whose it is", window.MaintenanceID, planned.ID)
		count++
	}
	equal(t, "the number of windows", count, 3)
	next := must(client.Maintenances.Windows.List(t.Context(), planned.ID, kener.WindowQuery{}))(t).Items[0]
	equal(t, "the next window", must(client.Windows.Cancel(t.Context(), next.ID))(t).Status, kener.WindowCancelled)
	equal(t, "all of it", must(client.Maintenances.Cancel(t.Context(), planned.ID))(t).Status, kener.WindowCancelled)
}

func TestPlannedWorkIsFoundByWhatItIsLike(t *testing.T) {
	client := server(t)
	shop := aMonitor(t, client, "Shop of found work")
	soon := time.Now().UTC().Add(time.Hour)
	planned := must(client.Maintenances.Create(t.Context(), kener.MaintenanceInput{
		Title: "Soon", Starts: soon.Format(wallTime), Duration: 30, Monitors: []kener.PlannedInput{{ID: shop.ID}},
	}))(t)
	t.Cleanup(func() { tidy(t, client.Maintenances.Delete, planned.ID) })
	query := kener.MaintenanceQuery{Upcoming: kener.Set(true), Monitor: shop.ID}

	for each, err := range client.Maintenances.All(t.Context(), query) {
		equal(t, "the error", err, nil)
		equal(t, "what was found", each.ID, planned.ID)
	}
	equal(t, "the total", *must(client.Maintenances.List(t.Context(), query))(t).Total, 1)
	query.Upcoming = kener.Set(false)
	equal(t, "what is not to come", *must(client.Maintenances.List(t.Context(), query))(t).Total, 0)
	status := must(client.Status(t.Context(), kener.StatusQuery{}))(t)
	for _, each := range status.Maintenances.Upcoming {
		if each.ID == planned.ID {
			equal(t, "the window", each.WindowID, planned.Window.ID)
			equal(t, "the monitor", each.Monitors[0].ID, shop.ID)
			return
		}
	}
	t.Errorf("visitors see %+v", status.Maintenances)
}
