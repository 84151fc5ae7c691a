package kener_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"
	"time"

	kener "github.com/kener/go-sdk"
)

// book is a list of seven monitors in parts of three. One of its parts may be broken.
func book(broken string) http.HandlerFunc {
	parts := map[string]string{
		"":  `{"success": true, "data": [{"id": "1"}, {"id": "2"}, {"id": "3"}], "pagination": {"limit": 3, "next": "b", "total": 7}}`,
		"b": `{"success": true, "data": [{"id": "4"}, {"id": "5"}, {"id": "6"}], "pagination": {"limit": 3, "next": "c", "total": 7}}`,
		"c": `{"success": true, "data": [{"id": "7"}], "pagination": {"limit": 3, "next": null, "total": 7}}`,
	}
	return func(w http.ResponseWriter, r *http.Request) {
		cursor := r.URL.Query().Get("cursor")
		if r.URL.Query().Get("tag") != "prod" || cursor == broken && broken != "" {
			w.WriteHeader(400)
			return
		}
		_, _ = fmt.Fprint(w, parts[cursor])
	}
}

func gone(t *testing.T, address string, query kener.MonitorQuery) ([]string, error) {
	t.Helper()
	ids := []string{}
	for monitor, err := range at(t, address).Monitors.All(t.Context(), query) {
		if err != nil {
			return ids, err
		}
		ids = append(ids, monitor.ID)
	}
	return ids, nil
}

func TestAListIsGoneThroughPartByPart(t *testing.T) {
	fake := httptest.NewServer(book(""))
	defer fake.Close()

	for cursor, wanted := range map[string][]string{"": {"1", "2", "3", "4", "5", "6", "7"}, "c": {"7"}} {
		found, err := gone(t, fake.URL, kener.MonitorQuery{Tag: "prod", Cursor: cursor})
		if err != nil || !reflect.DeepEqual(found, wanted) {
			t.Errorf("from %q: %v, %v", cursor, found, err)
		}
	}
	part := must(at(t, fake.URL).Monitors.List(t.Context(), kener.MonitorQuery{Tag: "prod"}))(t)
	if len(part.Items) != 3 || part.Next != "b" || part.Limit != 3 || *part.Total != 7 {
		t.Errorf("the part is %+v", part)
	}
}

func TestAListEndsWithItsFirstError(t *testing.T) {
	fake := httptest.NewServer(book("b"))
	defer fake.Close()

	found, err := gone(t, fake.URL, kener.MonitorQuery{Tag: "prod"})

	if !errors.Is(err, kener.ErrInvalidRequest) || len(found) != 3 {
		t.Errorf("found %v, then %v", found, err)
	}
}

func TestWhoHasSeenEnoughAsksForNoMore(t *testing.T) {
	client, told := scripted(t, &sleeper{}, book(""))
	every := client.Monitors.All(t.Context(), kener.MonitorQuery{Tag: "prod"})
	for range 2 { // one can begin again
		for range every {
			break
		}
	}
	equal(t, "the number of requests", len(told.got), 2)
	equal(t, "the cursor", told.got[1].URL.RawQuery, "tag=prod")
}

func TestAListThatDoesNotGoOnEnds(t *testing.T) {
	same := `{"success": true, "data": [{"id": "1"}], "pagination": {"limit": 1, "next": "b"}}`
	client, told := scripted(t, &sleeper{}, answer(200, same))
	var last error
	for _, err := range client.Monitors.All(t.Context(), kener.MonitorQuery{}) {
		last = err
	}
	if !errors.Is(last, kener.ErrUnexpectedAnswer) {
		t.Errorf("the error is %v", last)
	}
	equal(t, "the number of requests", len(told.got), 2)
}

func TestParametersAreWrittenAsTheServerReadsThem(t *testing.T) {
	berlin := time.FixedZone("", 3600)
	for wanted, query := range map[string]any{
		"": kener.MonitorQuery{},
		"fields=id%2Cname&paused=false&sort=-updated": kener.MonitorQuery{Paused: kener.Set(false), Fields: []string{"id", "name"}, Sort: "-updated"},
		"from=2026-01-31T09%3A30%3A00.25Z":            kener.SpanQuery{From: time.Date(2026, 1, 31, 10, 30, 0, 250e6, berlin)},
		"percentiles=50%2C99.9":                       kener.LatencyQuery{Percentiles: []float64{50, 99.9}},
		"days=true":                                   kener.UptimeQuery{Days: true},
		"limit=20":                                    kener.ListQuery{Limit: 20},
	} {
		equal(t, "the query", kener.Encode(query).Encode(), wanted)
	}
}
