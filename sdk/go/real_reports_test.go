package kener_test

import (
	"errors"
	"testing"
	"time"

	kener "github.com/kener/go-sdk"
)

func TestAHeartbeatTakesReportsWithoutAKey(t *testing.T) {
	client := server(t)
	job := must(client.Monitors.Create(t.Context(), kener.MonitorInput{Name: "Nightly", Kind: "heartbeat", Interval: 3600}))(t)
	t.Cleanup(func() { tidy(t, client.Monitors.Delete, job.ID) })
	token, stranger := job.HeartbeatToken(), at(t, environment(t, "KENER_URL"))
	heartbeat := stranger.Heartbeat

	for name, err := range map[string]error{
		"start": heartbeat.Start(t.Context(), token),
		"log":   heartbeat.Log(t.Context(), token, "half of it"),
		"ping":  heartbeat.Ping(t.Context(), token),
		"fail":  heartbeat.Fail(t.Context(), token, "the disk is full"),
		"exit":  heartbeat.Exit(t.Context(), token, 255, "killed"),
		"push":  heartbeat.Push(t.Context(), token, kener.PushQuery{Msg: "well", Ping: 12.5}),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, err := range map[string]error{
		"ping": heartbeat.Ping(t.Context(), "nobody"),
		"push": heartbeat.Push(t.Context(), "nobody", kener.PushQuery{}),
	} {
		if !errors.Is(err, kener.ErrNotFound) {
			t.Errorf("an unknown %s: %v", name, err)
		}
	}
	for _, code := range []int{-1, 256} {
		if heartbeat.Exit(t.Context(), token, code, "") == nil {
			t.Errorf("%d is taken for an exit code", code)
		}
	}
	equal(t, "who reports nothing", kener.Monitor{}.HeartbeatToken(), "")
}

func TestVisitorsSeeHowEverythingIs(t *testing.T) {
	client := server(t)
	shop := aMonitor(t, client, "Shop of the status")
	must(client.Monitors.SetStatus(t.Context(), shop.ID, kener.StatusInput{Status: kener.StatusDown}))(t)
	trouble := anIncident(t, client, kener.IncidentInput{Title: "Trouble", Message: "x", Impact: kener.ImpactCritical, Monitors: []kener.AffectedInput{{ID: shop.ID}}})

	status := must(at(t, environment(t, "KENER_URL")).Status(t.Context(), kener.StatusQuery{}))(t)

	if status.Status == kener.VerdictNone || status.Sentence == "" || time.Since(status.At) > time.Hour {
		t.Errorf("the status is %+v", status)
	}
	for _, each := range status.Incidents {
		if each.ID == trouble.ID {
			equal(t, "the incident", each.Title, "Trouble")
			equal(t, "what it says", each.Monitors[0].Impact, "down")
			return
		}
	}
	t.Errorf("visitors see %+v", status.Incidents)
}

func TestWhoAsksTooOftenIsToldWhenToComeAgain(t *testing.T) {
	client := server(t)
	made := must(client.Keys.Create(t.Context(), kener.KeyInput{Name: "eager", Permissions: []string{"read:monitors"}, RateLimit: 2}))(t)
	slept := &sleeper{}
	eager := at(t, environment(t, "KENER_URL"), kener.WithKey(made.Text), slept.option(0), kener.WithRetries(2))

	var err error
	for range 6 { // a new minute may begin meanwhile
		if _, err = eager.Me(t.Context()); err != nil {
			break
		}
	}

	var refused *kener.Error
	if !errors.Is(err, kener.ErrRateLimited) || !errors.As(err, &refused) || refused.RetryAfter < time.Second || refused.RetryAfter > time.Minute {
		t.Errorf("the error is %v", err)
	}
	if len(slept.slept) < 2 || slept.slept[0] < time.Second {
		t.Errorf("slept %v", slept.slept)
	}
}

func TestAnotherServerIsNoKener(t *testing.T) {
	if _, err := at(t, "http://127.0.0.1:1", (&sleeper{}).option(0)).Me(t.Context()); err == nil || errors.As(err, new(*kener.Error)) {
		t.Errorf("where nobody listens: %v", err)
	}
}
