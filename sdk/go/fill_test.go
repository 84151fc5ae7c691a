package kener_test

import (
	"context"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	kener "github.com/kener/go-sdk"
)

// called calls a method with all that it can take, and gives what comes back as JSON: the rows of a
// list, and nothing of what gives only an error.
func called(t *testing.T, each method) (json.RawMessage, error) {
	t.Helper()
	arguments := []reflect.Value{}
	own := each.value.Type()
	for index := range own.NumIn() - 1 { // the last are the options
		arguments = append(arguments, filled(t, own.In(index)))
	}
	out := each.value.Call(arguments)
	if own.Out(0).Kind() == reflect.Func {
		return gathered(out[0])
	}
	if err, ok := out[len(out)-1].Interface().(error); ok {
		return nil, err
	}
	if len(out) == 1 {
		return nil, nil
	}
	value := out[0]
	if value.Kind() == reflect.Pointer && value.Elem().FieldByName("Items").IsValid() {
		value = value.Elem().FieldByName("Items")
	}
	return json.Marshal(value.Interface())
}

// gathered are the rows of the last part that an iterator gives.
func gathered(iterator reflect.Value) (json.RawMessage, error) {
	rows := reflect.MakeSlice(reflect.SliceOf(iterator.Type().In(0).In(0)), 0, 1)
	for row, err := range iterator.Seq2() {
		if found, ok := err.Interface().(error); ok {
			return nil, found
		}
		rows = reflect.Append(rows.Slice(0, 0), row)
	}
	return json.Marshal(rows.Interface())
}

func filled(t *testing.T, own reflect.Type) reflect.Value {
	t.Helper()
	if own == reflect.TypeFor[context.Context]() {
		return reflect.ValueOf(t.Context())
	}
	value := reflect.New(own).Elem()
	fill(t, value)
	return value
}

func fill(t *testing.T, value reflect.Value) {
	t.Helper()
	own := value.Type()
	switch {
	case own == reflect.TypeFor[time.Time]():
		value.Set(reflect.ValueOf(time.Date(2026, 1, 31, 10, 30, 0, 0, time.UTC)))
	case isOptional(own):
		fillOptional(t, value)
	case own.Kind() == reflect.Struct:
		for index := range own.NumField() {
			fill(t, value.Field(index))
		}
	case own.Kind() == reflect.Slice:
		value.Set(reflect.MakeSlice(own, 1, 1))
		fill(t, value.Index(0))
	case own.Kind() == reflect.Map || own.Kind() == reflect.Interface:
		value.Set(reflect.ValueOf(map[string]any{"x": "text"}))
	case own.Kind() == reflect.String:
		value.SetString("x")
	case own.Kind() == reflect.Int:
		value.SetInt(1)
	case own.Kind() == reflect.Float64:
		value.SetFloat(1.5)
	case own.Kind() == reflect.Bool:
		value.SetBool(true)
	default:
		t.Fatalf("there is no example of %s", own)
	}
}

func fillOptional(t *testing.T, value reflect.Value) {
	t.Helper()
	inner := filled(t, value.MethodByName("Get").Type().Out(0))
	raw, err := json.Marshal(inner.Interface())
	if err != nil {
		t.Fatal(err)
	}
	if err := value.Addr().Interface().(json.Unmarshaler).UnmarshalJSON(raw); err != nil {
		t.Fatal(err)
	}
}

func TestAnOptionalFieldIsLeftOutOrNullOrSet(t *testing.T) {
	for wanted, given := range map[string]kener.MonitorChange{
		`{}`:                     {},
		`{"degraded_over":null}`: {DegradedOver: kener.Null[float64]()},
		`{"degraded_over":0}`:    {DegradedOver: kener.Set(0.0)},
		`{"tags":[],"paused":false,"name":""}`: {
			Tags: kener.Set([]string{}), Paused: kener.Set(false), Name: kener.Set(""),
		},
	} {
		raw, err := json.Marshal(given)
		if err != nil {
			t.Fatal(err)
		}
		var found, told any
		if json.Unmarshal(raw, &found) != nil || json.Unmarshal([]byte(wanted), &told) != nil || !reflect.DeepEqual(found, told) {
			t.Errorf("%s is not %s", raw, wanted)
		}
		var back kener.MonitorChange
		if json.Unmarshal(raw, &back) != nil || !reflect.DeepEqual(back, given) {
			t.Errorf("%s comes back as %+v", raw, back)
		}
	}
}
