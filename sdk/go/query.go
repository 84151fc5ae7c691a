package kener

import (
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"time"
)

// encode writes a struct whose fields have `query` tags as parameters. What is zero, or an Opt that
// is left out, is not among them; several values have commas between.
func encode(query any) url.Values {
	values := url.Values{}
	from := reflect.ValueOf(query)
	for index := range from.NumField() {
		name := from.Type().Field(index).Tag.Get("query")
		field := from.Field(index)
		if name == "" || field.IsZero() {
			continue
		}
		if value, ok := given(field.Interface()); ok {
			values.Set(name, textOf(value))
		}
	}
	return values
}

func given(value any) (any, bool) {
	if optional, ok := value.(interface{ given() (any, bool) }); ok {
		return optional.given()
	}
	return value, true
}

func textOf(value any) string {
	if at, ok := value.(time.Time); ok {
		return at.UTC().Format(time.RFC3339Nano)
	}
	several := reflect.ValueOf(value)
	if several.Kind() != reflect.Slice {
		return fmt.Sprint(value)
	}
	texts := make([]string, several.Len())
	for index := range texts {
		texts[index] = fmt.Sprint(several.Index(index).Interface())
	}
	return strings.Join(texts, ",")
}
