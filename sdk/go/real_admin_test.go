package kener_test

import (
	"errors"
	"testing"
	"time"

	kener "github.com/kener/go-sdk"
)

func TestAPageIsMadeChangedAndDeleted(t *testing.T) {
	client := server(t)
	shop := aMonitor(t, client, "Shop of a page")
	made := must(client.Pages.Create(t.Context(), kener.PageInput{
		Title: "Our shops", Look: kener.LookInput{Accent: kener.Set("#3c56cf"), Footer: kener.Set("Be well.")},
		Sections: []kener.SectionInput{{Name: "Europe", Open: kener.Set(false), Monitors: []string{shop.Slug}}},
	}))(t)
	t.Cleanup(func() { tidy(t, client.Pages.Delete, made.ID) })
	equal(t, "the slug", made.Slug, "our-shops")
	equal(t, "the theme", made.Look.Theme, kener.ThemeAuto)
	equal(t, "open", made.Sections[0].Open, false)
	equal(t, "what is in it", made.Sections[0].Monitors[0], shop.ID)

	changed := must(client.Pages.Update(t.Context(), "our-shops", kener.PageChange{
		Visibility: kener.Set(kener.VisibilityPrivate), Look: kener.Set(kener.LookInput{Footer: kener.Set("")}),
	}))(t)

	equal(t, "the footer", changed.Look.Footer, "")
	equal(t, "the accent", changed.Look.Accent, "#3c56cf")
	equal(t, "the number of sections", len(must(client.Pages.Get(t.Context(), made.ID))(t).Sections), 1)
	equal(t, "a private page", len(must(client.Status(t.Context(), kener.StatusQuery{Page: "our-shops"}))(t).Monitors), 1)
	stranger := at(t, environment(t, "KENER_URL"))
	if _, err := stranger.Status(t.Context(), kener.StatusQuery{Page: "our-shops"}); !errors.Is(err, kener.ErrNotFound) {
		t.Errorf("a stranger sees %v", err)
	}
	equal(t, "the total", *must(client.Pages.List(t.Context(), kener.ListQuery{Limit: 1}))(t).Total, 2)
	for page, err := range client.Pages.All(t.Context(), kener.ListQuery{Limit: 1}) {
		if err != nil || page.Title == "" {
			t.Errorf("%+v, %v", page, err)
		}
	}
}

func TestAKeyIsMadeUsedRotatedAndRevoked(t *testing.T) {
	client, address := server(t), environment(t, "KENER_URL")
	until := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	made := must(client.Keys.Create(t.Context(), kener.KeyInput{
		Name: "deploy", Permissions: []string{"read:monitors"}, ExpiresAt: until, Addresses: []string{"127.0.0.0/8"}, RateLimit: 50,
	}))(t)
	its := at(t, address, kener.WithKey(made.Text))
	me := must(its.Me(t.Context()))(t)
	equal(t, "the key", me.ID, made.ID)
	equal(t, "its end", *me.ExpiresAt, until)
	equal(t, "its rate", me.RateLimit, 50)
	if _, err := its.Settings.Get(t.Context()); !errors.Is(err, kener.ErrForbidden) {
		t.Errorf("what it may not: %v", err)
	}

	changed := must(client.Keys.Update(t.Context(), made.ID, kener.KeyChange{RateLimit: kener.Null[int](), ExpiresAt: kener.Null[time.Time]()}))(t)
	equal(t, "its rate", changed.RateLimit, nil)
	equal(t, "its end", changed.ExpiresAt, nil)
	rotated := must(client.Keys.Rotate(t.Context(), made.ID, kener.KeyRotation{Grace: kener.Set(60)}))(t)
	if rotated.Text == made.Text || rotated.OldSecretUntil == nil {
		t.Errorf("rotated, it is %+v", rotated)
	}
	must(its.Me(t.Context()))(t)
	must(client.Keys.Rotate(t.Context(), made.ID, kener.KeyRotation{}))(t)
	if _, err := its.Me(t.Context()); !errors.Is(err, kener.ErrUnauthorized) {
		t.Errorf("an old text: %v", err)
	}
	equal(t, "the state", must(client.Keys.Delete(t.Context(), made.ID))(t).State, kener.KeyRevoked)
	equal(t, "the state", must(client.Keys.Get(t.Context(), made.ID))(t).State, kener.KeyRevoked)
	revoked := at(t, address, kener.WithKey(rotated.Text))
	if _, err := revoked.Me(t.Context()); !errors.Is(err, kener.ErrKeyRevoked) || !errors.Is(err, kener.ErrUnauthorized) {
		t.Errorf("a revoked key: %v", err)
	}
	equal(t, "the revoked ones", *must(client.Keys.List(t.Context(), kener.KeyQuery{State: kener.KeyRevoked}))(t).Total, 1)
	for key, err := range client.Keys.All(t.Context(), kener.KeyQuery{State: kener.KeyActive, Limit: 1}) {
		if err != nil || key.State != kener.KeyActive {
			t.Errorf("%+v, %v", key, err)
		}
	}
}

func TestWithoutAGoodKeyNothingIsTold(t *testing.T) {
	address := environment(t, "KENER_URL")
	if _, err := at(t, address).Me(t.Context()); !errors.Is(err, kener.ErrUnauthorized) {
		t.Errorf("without a key: %v", err)
	}
	if _, err := at(t, address, kener.WithKey("kener_nobody_knows")).Me(t.Context()); !errors.Is(err, kener.ErrUnauthorized) {
		t.Errorf("with a wrong one: %v", err)
	}
}

func TestSettingsAreReadAndChanged(t *testing.T) {
	client, seen := server(t), kener.Meta{}
	before := must(client.Settings.Get(t.Context(), kener.WithMeta(&seen)))(t)
	equal(t, "the location", before.Running.Location, "default")
	equal(t, "the status", seen.Status, 200)
	if seen.RateLimit < 100 || seen.Remaining < 1 || seen.Reset.IsZero() || seen.RequestID == "" || seen.Attempts != 1 {
		t.Errorf("beside it stands %+v", seen)
	}

	changed := must(client.Settings.Update(t.Context(), kener.SettingsChange{Title: kener.Set("All of ours"), Version: kener.Set(before.Version)}))(t)

	equal(t, "the title", changed.Title, "All of ours")
	equal(t, "the zone", changed.TimeZone, before.TimeZone)
	must(client.Settings.Update(t.Context(), kener.SettingsChange{Title: kener.Set(before.Title)}, kener.RequestID("back-again"), kener.WithMeta(&seen)))(t)
	equal(t, "the request", seen.RequestID, "back-again")
}

func TestASecretIsKeptAndNeverTold(t *testing.T) {
	client := server(t)
	made := must(client.Secrets.Put(t.Context(), "GO_TOKEN", kener.SecretInput{Value: kener.Set("open sesame")}, kener.IfNoneMatch("*")))(t)
	equal(t, "the name", made.Name, "GO_TOKEN")
	noted := must(client.Secrets.Put(t.Context(), "GO_TOKEN", kener.SecretInput{Note: kener.Set("of the shop")}))(t)
	equal(t, "the note", noted.Note, "of the shop")
	if _, err := client.Secrets.Put(t.Context(), "GO_TOKEN", kener.SecretInput{Value: kener.Set("x")}, kener.IfNoneMatch("*")); !errors.Is(err, kener.ErrPreconditionFailed) {
		t.Errorf("a second one: %v", err)
	}
	equal(t, "the total", *must(client.Secrets.List(t.Context(), kener.ListQuery{}))(t).Total, 1)
	for secret, err := range client.Secrets.All(t.Context(), kener.ListQuery{}) {
		equal(t, "the error", err, nil)
		equal(t, "the use", secret.UsedBy, 0)
	}
	if err := client.Secrets.Delete(t.Context(), "GO_TOKEN"); err != nil {
		t.Error(err)
	}
}
