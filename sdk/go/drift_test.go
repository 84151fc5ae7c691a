package kener_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

// unreached are the operations that no method does, but for those that do the same as another one:
// PATCH is PUT, and reports of heartbeats are sent by POST.
func (m *mimic) unreached() []string {
	missing := []string{}
	for path, several := range m.Paths {
		isReport := strings.HasPrefix(path, "/api/heartbeat/") || strings.HasPrefix(path, "/api/push/")
		for method, each := range several {
			isTwin := method == "patch" && several["put"] != nil || method == "get" && isReport
			if !isTwin && m.reached[each.ID] == "" {
				missing = append(missing, each.ID)
			}
		}
	}
	slices.Sort(missing)
	return missing
}

// drift is all in which the library differs from a document.
func drift(t *testing.T, d *document) []string {
	t.Helper()
	problems := shapeProblems(d, shapes(), words(t))
	for _, nulls := range []bool{false, true} {
		done := callAll(t, d, nulls)
		problems = append(problems, done.problems...)
		problems = append(problems, done.unreached()...)
	}
	return problems
}

func TestTheLibraryDoesAllThatTheServerDescribesAndNoMore(t *testing.T) {
	for _, each := range drift(t, theDocument(t)) {
		t.Error(each)
	}
}

func TestEveryDifferenceIsSeen(t *testing.T) {
	raw, err := json.Marshal(theDocument(t))
	if err != nil {
		t.Fatal(err)
	}
	text := schema{"type": "string"}
	shape := func(d *document, name string) map[string]any { return properties(d.Components.Schemas[name]) }
	for name, change := range map[string]func(*document){
		"a new operation":      func(d *document) { d.Paths["/api/news"] = map[string]*operation{"get": {ID: "news.list"}} },
		"an operation is gone": func(d *document) { delete(d.Paths, "/api/me") },
		"another address":      func(d *document) { d.Paths["/api/pause"] = d.Paths["/api/me"]; delete(d.Paths, "/api/me") },
		"another method": func(d *document) {
			d.Paths["/api/me"]["put"] = d.Paths["/api/me"]["get"]
			delete(d.Paths["/api/me"], "get")
		},
		"a new parameter":         func(d *document) { d.Paths["/api/keys"]["get"].Parameters[0].Name = "size" },
		"a body that was none":    func(d *document) { d.Paths["/api/me"]["get"].RequestBody = d.Paths["/api/keys"]["post"].RequestBody },
		"another answer":          func(d *document) { d.Paths["/api/me"]["get"].Responses = d.Paths["/api/status"]["get"].Responses },
		"a new field":             func(d *document) { shape(d, "Monitor")["news"] = text },
		"a field is gone":         func(d *document) { delete(shape(d, "Result"), "detail") },
		"a field of another type": func(d *document) { shape(d, "Result")["latency_ms"] = text },
		"a field may be null":     func(d *document) { shape(d, "Named")["slug"] = schema{"anyOf": []any{text, schema{"type": "null"}}} },
		"a new input":             func(d *document) { shape(d, "KeyInput")["news"] = text },
		"an input is gone":        func(d *document) { delete(shape(d, "KeyChange"), "addresses") },
		"zero is no default":      func(d *document) { shape(d, "PageInput")["everything"].(schema)["default"] = true },
		"a new component":         func(d *document) { d.Components.Schemas["News"] = schema{"type": "object"} },
		"a component is gone":     func(d *document) { delete(d.Components.Schemas, "Refusal") },
		"a new word":              func(d *document) { d.Components.Schemas["Theme"]["enum"] = []any{"auto", "light", "dark", "sepia"} },
		"a word is gone":          func(d *document) { d.Components.Schemas["Theme"]["enum"] = []any{"auto", "light"} },
	} {
		t.Run(name, func(t *testing.T) {
			changed := parsed(t, raw)
			change(changed)
			if len(drift(t, changed)) == 0 {
				t.Error("it is not seen")
			}
		})
	}
}

// example is a value of a schema in which every field is there.
func (m *mimic) example(s schema) any {
	several, nullable := alternatives(s)
	if nullable && m.nulls {
		return nil
	}
	_, shape := m.resolved(several[0])
	if words, ok := shape["enum"].([]any); ok {
		return words[0]
	}
	if value, ok := shape["const"]; ok {
		return value
	}
	switch shape["type"] {
	case "array":
		return []any{m.example(shape["items"].(schema))}
	case "integer":
		return 7.0
	case "number":
		return 1.5
	case "boolean":
		return true
	case "string":
		if shape["format"] == "date-time" {
			return "2026-01-31T10:30:00Z"
		}
		return "text"
	}
	return m.exampleObject(shape)
}

func (m *mimic) exampleObject(shape schema) any {
	found := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(properties(shape))) {
		found[name] = m.example(properties(shape)[name].(schema))
	}
	if values, ok := shape["additionalProperties"].(schema); ok {
		found["up"] = m.example(values)
	}
	return found
}
