package kener

import "encoding/json"

// Opt is a field of a request that may be left out, be null, or have a value, which may be the zero
// value of its type. A zero Opt is left out: the server then keeps what it has, or takes its default.
type Opt[T any] struct {
	value T
	state state
}

type state uint8

const (
	leftOut state = iota
	isNull
	isSet
)

// Set gives a field a value.
func Set[T any](value T) Opt[T] { return Opt[T]{value: value, state: isSet} }

// Null empties a field, like a monitor's DegradedOver.
func Null[T any]() Opt[T] { return Opt[T]{state: isNull} }

// Get returns the value, and whether there is one.
func (o Opt[T]) Get() (T, bool) { return o.value, o.state == isSet }

// IsNull tells whether the field is to be emptied.
func (o Opt[T]) IsNull() bool { return o.state == isNull }

// IsZero tells whether the field is left out.
func (o Opt[T]) IsZero() bool { return o.state == leftOut }

// MarshalJSON writes the value, or null.
func (o Opt[T]) MarshalJSON() ([]byte, error) {
	if o.state != isSet {
		return []byte("null"), nil
	}
	return json.Marshal(o.value)
}

// UnmarshalJSON reads a value, or null.
func (o *Opt[T]) UnmarshalJSON(data []byte) error {
	*o = Null[T]()
	if string(data) == "null" {
		return nil
	}
	o.state = isSet
	return json.Unmarshal(data, &o.value)
}

// given is the value for a query, if there is one.
func (o Opt[T]) given() (any, bool) { return o.value, o.state == isSet }
