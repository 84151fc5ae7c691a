package kener_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

var envelopes = []string{"Gone", "SecretGone", "OpenApi", "Pagination", "OpenPagination"}

// shapeProblems compares each component with the struct, or the words, of its name.
func shapeProblems(d *document, types map[string]reflect.Type, words map[string][]string) []string {
	problems, known := []string{}, map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(d.Components.Schemas)) {
		shape := d.Components.Schemas[name]
		own := component(name)
		known[own] = true
		switch {
		case strings.HasSuffix(name, "Answer") || slices.Contains(envelopes, name):
		case shape["enum"] != nil:
			problems = append(problems, wordProblems(own, shape, words[own])...)
		case types[own] == nil:
			problems = append(problems, fmt.Sprintf("%s: there is no such struct", name))
		default:
			problems = append(problems, d.fieldProblems(name, shape, types[own])...)
		}
	}
	own := slices.AppendSeq(slices.Collect(maps.Keys(types)), maps.Keys(words))
	for _, name := range own {
		if !known[name] {
			problems = append(problems, fmt.Sprintf("%s: there is no such component", name))
		}
	}
	return problems
}

func wordProblems(name string, shape schema, own []string) []string {
	wanted := []string{}
	for _, each := range shape["enum"].([]any) {
		wanted = append(wanted, each.(string))
	}
	slices.Sort(wanted)
	if !slices.Equal(wanted, own) {
		return []string{fmt.Sprintf("%s: its words are %v, not %v", name, own, wanted)}
	}
	return nil
}

func (d *document) fieldProblems(name string, shape schema, own reflect.Type) []string {
	problems, fields := []string{}, jsonFields(own)
	isChange := strings.HasSuffix(name, "Change") || name == "KeyRotation" || name == "LookInput"
	isInput := shape["additionalProperties"] == false
	needed, _ := shape["required"].([]any)
	for field, told := range properties(shape) {
		each, ok := fields[field]
		delete(fields, field)
		where := name + "." + field
		switch {
		case !ok:
			problems = append(problems, where+" is missing")
		case !d.fits(told.(schema), each.Type, isInput):
			problems = append(problems, fmt.Sprintf("%s is no %s, but %v", where, each.Type, told))
		case isChange && !canBeLeftOut(each.Type):
			problems = append(problems, where+" cannot be left out")
		case isInput && !slices.Contains(needed, any(field)) && hidesZero(told.(schema), each):
			problems = append(problems, where+" cannot be zero, which is not its default")
		}
	}
	for field := range fields {
		problems = append(problems, fmt.Sprintf("%s.%s is invented", name, field))
	}
	return problems
}

// fits tells whether a Go type holds what a schema describes, null too.
func (d *document) fits(s schema, own reflect.Type, isInput bool) bool {
	several, nullable := alternatives(s)
	if isOptional(own) {
		own = reflect.Zero(own).MethodByName("Get").Type().Out(0)
	} else if own.Kind() == reflect.Pointer && nullable {
		own, nullable = own.Elem(), false
	}
	if nullable && !isInput && own.Kind() != reflect.Interface {
		return false
	}
	return own.Kind() == reflect.Interface || slices.ContainsFunc(several, func(each schema) bool {
		return d.fitsOne(each, own, isInput)
	})
}

func (d *document) fitsOne(s schema, own reflect.Type, isInput bool) bool {
	if name, shape := d.resolved(s); name != "" {
		isWord := shape["enum"] != nil && own.Kind() == reflect.String
		return own.Name() == component(name) && (isWord || own.Kind() == reflect.Struct)
	}
	switch s["type"] {
	case "string":
		if s["format"] == "date-time" {
			return own == reflect.TypeFor[time.Time]()
		}
		return own.Kind() == reflect.String
	case "integer":
		return own.Kind() == reflect.Int
	case "number":
		return own.Kind() == reflect.Float64
	case "boolean":
		return own.Kind() == reflect.Bool
	case "array":
		items, _ := s["items"].(schema)
		return own.Kind() == reflect.Slice && d.fits(items, own.Elem(), isInput)
	case "object":
		values, typed := s["additionalProperties"].(schema)
		isMap := own.Kind() == reflect.Map && own.Key().Kind() == reflect.String
		return isMap && (!typed || d.fits(values, own.Elem(), isInput))
	}
	return false
}

// hidesZero tells of a number or truth that is left out when it is zero, though zero says something
// else than leaving it out.
func hidesZero(s schema, field reflect.StructField) bool {
	kind := field.Type.Kind()
	if kind != reflect.Int && kind != reflect.Float64 && kind != reflect.Bool {
		return false
	}
	several, _ := alternatives(s)
	least, _ := several[0]["minimum"].(float64)
	_, isAbove := several[0]["exclusiveMinimum"]
	isDefault := s["default"] == false || s["default"] == 0.0
	return !isDefault && least <= 0 && !isAbove
}

func isOptional(own reflect.Type) bool { return strings.HasPrefix(own.Name(), "Opt[") }

// canBeLeftOut tells of a field of a change: it is optional, or, as settings are, empty.
func canBeLeftOut(own reflect.Type) bool {
	return isOptional(own) || own.Kind() == reflect.Interface
}

// jsonFields are the fields of a struct, and of those within it, by their names in JSON.
func jsonFields(own reflect.Type) map[string]reflect.StructField {
	found := map[string]reflect.StructField{}
	for _, each := range reflect.VisibleFields(own) {
		if name, _, _ := strings.Cut(each.Tag.Get("json"), ","); name != "" && name != "-" {
			found[name] = each
		}
	}
	return found
}

func TestEveryStructIsAsTheServerDescribesIt(t *testing.T) {
	for _, each := range shapeProblems(theDocument(t), shapes(), words(t)) {
		t.Error(each)
	}
}
