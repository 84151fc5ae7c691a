package kener_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	kener "github.com/kener/go-sdk"
)

// mimic is a server that answers as the document says, and notes what does not fit it.
type mimic struct {
	*document
	nulls    bool              // whether all that may be null is
	reached  map[string]string // operations, and the method that did each
	last     string            // the operation that was done last
	answered any               // what was in its answer
	problems []string
}

func (m *mimic) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, found := m.operation(r)
	if found == nil {
		m.note("%s %s is no operation", r.Method, r.URL.Path)
		w.WriteHeader(http.StatusNotFound)
		return
	}
	m.last = found.ID
	m.checkRequest(found, r)
	status, shape := found.given()
	answer := m.example(shape)
	m.answered = answer
	if told, ok := answer.(map[string]any); ok {
		m.answered = told["data"]
		if r.URL.Query().Get("cursor") == "text" {
			told["pagination"].(map[string]any)["next"] = nil
		}
	}
	if path == "/api/openapi.json" {
		m.answered = answer
	}
	w.Header().Set("Content-Type", "application/json")
	code := 0
	_, _ = fmt.Sscan(status, &code)
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(answer)
}

func (m *mimic) note(text string, values ...any) {
	m.problems = append(m.problems, fmt.Sprintf(text, values...))
}

// operation is what a request is for; addresses with fewer variables go first.
func (m *mimic) operation(r *http.Request) (string, *operation) {
	best, found := "", (*operation)(nil)
	for path, several := range m.Paths {
		one := several[strings.ToLower(r.Method)]
		if one != nil && isAt(r.URL.Path, path) && (found == nil || strings.Count(path, "{") < strings.Count(best, "{")) {
			best, found = path, one
		}
	}
	return best, found
}

func isAt(path, pattern string) bool {
	parts, wanted := strings.Split(path, "/"), strings.Split(pattern, "/")
	return len(parts) == len(wanted) && !slices.ContainsFunc(wanted, func(each string) bool {
		part := parts[0]
		parts = parts[1:]
		return !strings.HasPrefix(each, "{") && part != each
	})
}

func (m *mimic) checkRequest(found *operation, r *http.Request) {
	queries := []string{}
	for name := range r.URL.Query() {
		queries = append(queries, name)
	}
	slices.Sort(queries)
	if !slices.Equal(queries, found.queries()) {
		m.note("%s takes %v, not %v", found.ID, found.queries(), queries)
	}
	var body any
	isJSON := r.Header.Get("Content-Type") == "application/json"
	if isJSON && json.NewDecoder(r.Body).Decode(&body) != nil {
		m.note("%s was sent no JSON", found.ID)
	}
	if (found.sent() != nil) != isJSON {
		m.note("%s takes a body: %v; one was sent: %v", found.ID, found.sent() != nil, isJSON)
	} else if isJSON && !m.isWhole(found.sent(), body) {
		m.note("%s was sent %v", found.ID, body)
	}
}

// isWhole tells whether a body names every field there is, and no other, each of its type.
func (m *mimic) isWhole(s schema, value any) bool {
	several, _ := alternatives(s)
	return slices.ContainsFunc(several, func(each schema) bool {
		name, shape := m.resolved(each)
		if object, ok := value.(map[string]any); ok && name != "" {
			return m.namesAll(shape, object)
		}
		return isOf(shape, value)
	})
}

func (m *mimic) namesAll(shape schema, object map[string]any) bool {
	told := properties(shape)
	for name, value := range object {
		if told[name] == nil || !m.isWhole(told[name].(schema), value) {
			return false
		}
	}
	return len(told) == len(object)
}

func isOf(shape schema, value any) bool {
	switch value.(type) {
	case string:
		return shape["type"] == "string"
	case bool:
		return shape["type"] == "boolean"
	case float64:
		return shape["type"] == "number" || shape["type"] == "integer"
	case []any:
		return shape["type"] == "array"
	}
	return shape["type"] == "object"
}

// callAll calls every method with all that it can take, and holds what it gives against the answer.
func callAll(t *testing.T, d *document, nulls bool) *mimic {
	t.Helper()
	known := &mimic{document: d, nulls: nulls, reached: map[string]string{}}
	fake := httptest.NewServer(known)
	defer fake.Close()
	client := at(t, fake.URL, kener.WithKey("kener_x"), kener.WithRetries(0))
	for _, each := range methods(client) {
		given, err := called(t, each)
		if err != nil {
			known.note("%s: %v", each.name, err)
		} else if given != nil && !same(t, given, known.answered) {
			known.note("%s gives %s for %v", each.name, given, known.answered)
		}
		known.claim(each)
	}
	return known
}

// claim notes which method does an operation. Only iterators do what another method does, and the
// reports of heartbeats that are told by a word.
func (m *mimic) claim(each method) {
	isIterator := each.value.Type().Out(0).Kind() == reflect.Func
	if other := m.reached[m.last]; other != "" && !isIterator && m.last != "heartbeat.word" {
		m.note("%s does what %s does", each.name, other)
	}
	if !isIterator {
		m.reached[m.last] = each.name
	}
}

func same(t *testing.T, given json.RawMessage, answered any) bool {
	t.Helper()
	var found any
	if err := json.Unmarshal(given, &found); err != nil {
		t.Fatal(err)
	}
	return reflect.DeepEqual(found, answered)
}
