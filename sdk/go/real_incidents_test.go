package kener_test

import (
	"errors"
	"testing"
	"time"

	kener "github.com/kener/go-sdk"
)

func anIncident(t *testing.T, client *kener.Client, input kener.IncidentInput) *kener.Incident {
	t.Helper()
	incident := must(client.Incidents.Create(t.Context(), input))(t)
	t.Cleanup(func() { tidy(t, client.Incidents.Delete, incident.ID) })
	return incident
}

func TestAnIncidentIsToldFromItsBeginningToItsEnd(t *testing.T) {
	client := server(t)
	shop, search := aMonitor(t, client, "Shop of an incident"), aMonitor(t, client, "Search of an incident")
	begun := time.Now().Add(-time.Hour).UTC().Truncate(time.Second)
	incident := anIncident(t, client, kener.IncidentInput{
		Title: "Errors", Message: "We look.", Impact: kener.ImpactMajor, StartedAt: begun, Notify: kener.Set(false),
		Monitors: []kener.AffectedInput{{ID: shop.ID}, {ID: search.Slug, Impact: "down"}},
	})
	equal(t, "the phase", incident.Status, kener.PhaseInvestigating)
	equal(t, "the beginning", *incident.StartedAt, begun)
	equal(t, "the first monitor", *incident.Monitors[0].Impact, "down")
	equal(t, "the second monitor", *incident.Monitors[1].Impact, "partial")

	mine := must(client.Incidents.Acknowledge(t.Context(), incident.ID, kener.AcknowledgeInput{Note: "on it"}))(t)
	equal(t, "the note", mine.Acknowledged.Note, "on it")
	equal(t, "nobody's", must(client.Incidents.Unacknowledge(t.Context(), incident.ID))(t).Acknowledged, nil)

	promised := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	said := must(client.Incidents.Updates.Create(t.Context(), incident.ID, kener.UpdateInput{
		Status: kener.PhaseIdentified, Message: "It was a disk.", NextUpdateBy: promised,
	}))(t)
	equal(t, "the next update", *said.NextUpdateBy, promised)
	changed := must(client.Incidents.Update(t.Context(), incident.ID, kener.IncidentChange{
		Title: kener.Set("A disk"), NextUpdateBy: kener.Null[time.Time](), Version: kener.Set(said.Version),
	}))(t)
	equal(t, "the title", changed.Title, "A disk")
	equal(t, "the next update", changed.NextUpdateBy, nil)
	over := must(client.Incidents.Updates.Create(t.Context(), incident.ID, kener.UpdateInput{Status: kener.PhaseResolved, Message: "Over."}))(t)
	if over.ResolvedAt == nil || over.Message != "Over." || len(over.Updates) != 3 {
		t.Errorf("at its end it is %+v", over)
	}
}

func TestWhatWasSaidIsReadChangedAndTakenBack(t *testing.T) {
	client := server(t)
	incident := anIncident(t, client, kener.IncidentInput{Title: "Talk", Message: "One."})
	must(client.Incidents.Updates.Create(t.Context(), incident.ID, kener.UpdateInput{Status: kener.PhaseMonitoring, Message: "Two."}))(t)
	updates := client.Incidents.Updates

	messages := ""
	for each, err := range updates.All(t.Context(), incident.ID, kener.ListQuery{Limit: 1}) {
		if err != nil {
			t.Fatal(err)
		}
		messages += each.Message
	}
	equal(t, "what was said", messages, "Two.One.")
	part := must(updates.List(t.Context(), incident.ID, kener.ListQuery{}))(t)
	newest := part.Items[0]
	equal(t, "the newest", *must(updates.Get(t.Context(), incident.ID, newest.ID))(t), newest)
	changed := must(updates.Update(t.Context(), incident.ID, newest.ID, kener.UpdateChange{Message: kener.Set("2.")}))(t)
	equal(t, "the change", changed.Message, "2.")
	equal(t, "the phase", changed.Status, kener.PhaseMonitoring)
	if err := updates.Delete(t.Context(), incident.ID, newest.ID, kener.RemovalQuery{Notify: kener.Set(false)}); err != nil {
		t.Error(err)
	}
	if err := updates.Delete(t.Context(), incident.ID, part.Items[1].ID, kener.RemovalQuery{}); !errors.Is(err, kener.ErrConflict) {
		t.Errorf("the last one: %v", err)
	}
}

func TestIncidentsAreFoundByWhatTheyAreLike(t *testing.T) {
	client := server(t)
	shop := aMonitor(t, client, "Shop of a search")
	open := anIncident(t, client, kener.IncidentInput{Title: "Open", Message: "x", Impact: kener.ImpactCritical, Monitors: []kener.AffectedInput{{ID: shop.ID}}})
	draft := anIncident(t, client, kener.IncidentInput{Title: "Draft", Message: "x", Draft: true})
	if draft.StartedAt != nil || !draft.Draft {
		t.Errorf("the draft is %+v", draft)
	}
	for wanted, query := range map[string]kener.IncidentQuery{
		open.ID:  {Monitor: shop.Slug, Open: kener.Set(true), Impact: kener.ImpactCritical, Status: kener.PhaseInvestigating, From: time.Now().Add(-time.Hour)},
		draft.ID: {Draft: true, Fields: []string{"id"}},
	} {
		found := []string{}
		for each, err := range client.Incidents.All(t.Context(), query) {
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, each.ID)
		}
		if len(found) != 1 || found[0] != wanted {
			t.Errorf("%+v finds %v", query, found)
		}
	}
	equal(t, "the total", *must(client.Incidents.List(t.Context(), kener.IncidentQuery{Monitor: shop.ID}))(t).Total, 1)
	equal(t, "published", must(client.Incidents.Update(t.Context(), draft.ID, kener.IncidentChange{Draft: kener.Set(false)}))(t).Draft, false)
}

func TestAnIncidentBeginsWithATemplate(t *testing.T) {
	client := server(t)
	templates := client.IncidentTemplates
	shop := aMonitor(t, client, "Shop of a template")
	made := must(templates.Create(t.Context(), kener.TemplateInput{
		Name: "Disk", Title: "A disk is full", Message: "We make room.", Impact: kener.ImpactMinor, Monitors: []kener.AffectedInput{{ID: shop.ID}},
	}))(t)
	equal(t, "what it says of the monitor", made.Monitors[0].Impact, nil)
	must(templates.Update(t.Context(), made.ID, kener.TemplateChange{Impact: kener.Set(kener.ImpactMajor)}))(t)
	equal(t, "the impact", must(templates.Get(t.Context(), made.ID))(t).Impact, kener.ImpactMajor)
	equal(t, "the total", *must(templates.List(t.Context(), kener.ListQuery{}))(t).Total, 1)
	for each, err := range templates.All(t.Context(), kener.ListQuery{}) {
		equal(t, "the template", each.Name, "Disk")
		equal(t, "the error", err, nil)
	}

	incident := anIncident(t, client, kener.IncidentInput{Template: made.ID})

	equal(t, "the title", incident.Title, "A disk is full")
	equal(t, "what it says of the monitor", *incident.Monitors[0].Impact, "partial")
	if err := templates.Delete(t.Context(), made.ID); err != nil {
		t.Error(err)
	}
}

func TestWhatIsPostedTwiceIsDoneOnce(t *testing.T) {
	client, again := server(t), kener.Meta{}
	once := kener.IdempotencyKey("once-and-no-more")
	input := kener.IncidentInput{Title: "Once", Message: "x"}
	first := must(client.Incidents.Create(t.Context(), input, once))(t)
	second := must(client.Incidents.Create(t.Context(), input, once, kener.WithMeta(&again)))(t)
	t.Cleanup(func() { tidy(t, client.Incidents.Delete, first.ID) })

	equal(t, "the incident", second.ID, first.ID)
	equal(t, "said again", again.Replayed, true)
	input.Title = "Twice"
	if _, err := client.Incidents.Create(t.Context(), input, once); !errors.Is(err, kener.ErrIdempotencyConflict) {
		t.Errorf("another body gives %v", err)
	}
}
