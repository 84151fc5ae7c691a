package kener_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

type schema = map[string]any

// document is what the tests read of an OpenAPI document.
type document struct {
	Paths      map[string]map[string]*operation `json:"paths"`
	Components struct {
		Schemas map[string]schema `json:"schemas"`
	} `json:"components"`
}

type operation struct {
	ID         string `json:"operationId"`
	Parameters []struct {
		Name string `json:"name"`
		In   string `json:"in"`
	} `json:"parameters"`
	RequestBody struct {
		Content map[string]struct{ Schema schema } `json:"content"`
	} `json:"requestBody"`
	Responses map[string]struct {
		Content map[string]struct{ Schema schema } `json:"content"`
	} `json:"responses"`
}

// theDocument is that of the real server.
func theDocument(t *testing.T) *document {
	t.Helper()
	raw, err := server(t).OpenAPI(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return parsed(t, raw)
}

func parsed(t *testing.T, raw json.RawMessage) *document {
	t.Helper()
	var found document
	if err := json.Unmarshal(raw, &found); err != nil {
		t.Fatal(err)
	}
	return &found
}

// queries are the names of an operation's query parameters.
func (o *operation) queries() []string {
	names := []string{}
	for _, each := range o.Parameters {
		if each.In == "query" {
			names = append(names, each.Name)
		}
	}
	slices.Sort(names)
	return names
}

func (o *operation) sent() schema { return o.RequestBody.Content["application/json"].Schema }

func (o *operation) given() (string, schema) {
	for _, status := range slices.Sorted(maps.Keys(o.Responses)) {
		if strings.HasPrefix(status, "2") {
			return status, o.Responses[status].Content["application/json"].Schema
		}
	}
	return "", nil
}

// resolved follows a reference; its name is empty where there is none.
func (d *document) resolved(s schema) (string, schema) {
	reference, ok := s["$ref"].(string)
	if !ok {
		return "", s
	}
	name := reference[strings.LastIndex(reference, "/")+1:]
	return name, d.Components.Schemas[name]
}

// alternatives are what a value may be, but for null, and whether it may be that.
func alternatives(s schema) ([]schema, bool) {
	several, ok := s["anyOf"].([]any)
	if !ok {
		return []schema{s}, false
	}
	found, nullable := []schema{}, false
	for _, each := range several {
		if one := each.(schema); one["type"] == "null" {
			nullable = true
		} else {
			found = append(found, one)
		}
	}
	return found, nullable
}

func properties(s schema) map[string]any {
	found, _ := s["properties"].(map[string]any)
	return found
}

// component is what Go calls a component: a part of a list shows a part of the same struct.
func component(name string) string { return strings.TrimSuffix(name, "Part") }

func TestTheServerDescribesItsAPI(t *testing.T) {
	found := theDocument(t)

	if len(found.Paths) < 40 || len(found.Components.Schemas) < 60 {
		t.Fatalf("only %d paths and %d components", len(found.Paths), len(found.Components.Schemas))
	}
	if found.Paths["/api/monitors"]["get"].ID != "monitors.list" {
		t.Error("monitors.list is not where it should be")
	}
}
