package kener_test

import (
	"context"
	"errors"
	"os"
	"testing"

	kener "github.com/kener/go-sdk"
)

// required is set by who starts these tests with a server: then none may be skipped.
const required = "KENER_TESTS_REQUIRED"

// environment is a variable that whoever starts the tests has to set.
func environment(t *testing.T, name string) string {
	t.Helper()
	value := os.Getenv(name)
	if value == "" && os.Getenv(required) != "" {
		t.Fatalf("%s is not set", name)
	}
	if value == "" {
		t.Skipf("needs a Kener: %s is not set", name)
	}
	return value
}

// server is a client of the real Kener of this run, with a key that may do everything.
func server(t *testing.T, options ...kener.ClientOption) *kener.Client {
	t.Helper()
	key := kener.WithKey(environment(t, "KENER_API_KEY"))
	return at(t, environment(t, "KENER_URL"), append([]kener.ClientOption{key}, options...)...)
}

func at(t *testing.T, address string, options ...kener.ClientOption) *kener.Client {
	t.Helper()
	client, err := kener.New(address, options...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// must returns what there is, and ends the test when there is an error.
func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func equal[T comparable](t *testing.T, name string, found, wanted T) {
	t.Helper()
	if found != wanted {
		t.Errorf("%s is %v, not %v", name, found, wanted)
	}
}

// tidy deletes what a test made, if it is still there.
func tidy(t *testing.T, remove func(context.Context, string, ...kener.Option) error, id string) {
	t.Helper()
	if err := remove(context.Background(), id); err != nil && !errors.Is(err, kener.ErrNotFound) {
		t.Error(err)
	}
}
