package kener_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"testing"

	kener "github.com/kener/go-sdk"
)

func TestAMonitorOfEveryKindIsMadeBySettingsOfItsOwn(t *testing.T) {
	client := server(t)
	for kind, given := range kinds {
		made := must(client.Monitors.Create(t.Context(), kener.MonitorInput{Name: "Of kind " + kind, Kind: kind, Settings: given}))(t)
		t.Cleanup(func() { tidy(t, client.Monitors.Delete, made.ID) })
		back := reflect.New(reflect.TypeOf(given))
		if err := made.DecodeSettings(back.Interface()); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		// All that was stored is in the struct: nothing is lost between.
		if again, stored := fieldsOf(t, back.Elem().Interface()), made.Settings; !isWithin(again, stored) {
			t.Errorf("%s: %v of %v", kind, again, stored)
		}
	}
}

func TestThereIsNoOtherKind(t *testing.T) {
	input := theDocument(t).Components.Schemas["MonitorInput"]
	told, _ := properties(input)["settings"].(schema)["x-settings"].(schema)
	for kind, each := range kinds {
		equal(t, kind, told[kind], any("#/components/schemas/"+reflect.TypeOf(each).Name()))
		delete(told, kind)
	}
	if len(told) > 0 {
		t.Errorf("unknown are %v", slices.Sorted(maps.Keys(told)))
	}
}

func TestOfSettingsToWhatIsNotNamedKeepsItsValue(t *testing.T) {
	client := server(t)
	made := must(client.Monitors.Create(t.Context(), kener.MonitorInput{
		Name: "Settings", Kind: "http",
		Settings: kener.HttpSettings{
			URL: "https://shop.example", Keyword: "open", BearerToken: "sesame",
			Assertions: []kener.Assertion{{Source: "status", Op: "<", Value: 300}},
		},
	}))(t)
	t.Cleanup(func() { tidy(t, client.Monitors.Delete, made.ID) })
	equal(t, "a secret", made.Settings["bearer_token"], any("***"))

	must(client.Monitors.Update(t.Context(), made.ID, kener.MonitorChange{Settings: kener.HttpSettings{Method: "HEAD"}}))(t)
	changed := must(client.Monitors.Update(t.Context(), made.ID, kener.MonitorChange{Settings: map[string]any{"keyword": ""}}))(t)

	var settings kener.HttpSettings
	if err := changed.DecodeSettings(&settings); err != nil {
		t.Fatal(err)
	}
	equal(t, "the method", settings.Method, "HEAD")
	equal(t, "the keyword", settings.Keyword, "")
	equal(t, "the url", settings.URL, "https://shop.example")
	equal(t, "the assertion", settings.Assertions[0].Value, any(300.0))
}

func fieldsOf(t *testing.T, value any) map[string]any {
	t.Helper()
	raw := must(json.Marshal(value))(t)
	found := map[string]any{}
	if err := json.Unmarshal(raw, &found); err != nil {
		t.Fatal(err)
	}
	return found
}

// isWithin tells whether every value is the stored one, and all others are zero.
func isWithin(found, stored any) bool {
	switch stored := stored.(type) {
	case map[string]any:
		own, ok := found.(map[string]any)
		for name, value := range stored {
			each, isThere := own[name]
			ok = ok && (isThere && isWithin(each, value) || !isThere && isNothing(value))
		}
		return ok
	case []any:
		own, _ := found.([]any)
		return slices.EqualFunc(own, stored, isWithin)
	}
	return found == stored
}

func isNothing(value any) bool {
	list, isList := value.([]any)
	return value == nil || isList && len(list) == 0 || !isList && reflect.ValueOf(value).IsZero()
}
