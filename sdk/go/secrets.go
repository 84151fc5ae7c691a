package kener

import (
	"context"
	"iter"
	"time"
)

// Secret is what settings of monitors refer to by its name. Its value goes in and never comes out.
type Secret struct {
	Name string `json:"name"`
	Note string `json:"note"`
	// UsedBy is how many monitors refer to it.
	UsedBy    int       `json:"used_by"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// SecretInput is a new secret, or what is to change of one.
type SecretInput struct {
	Value Opt[string] `json:"value,omitzero"`
	Note  Opt[string] `json:"note,omitzero"`
}

// SecretService is all that can be done with secrets.
type SecretService struct{ core *core }

// List returns one part of the list.
func (s *SecretService) List(ctx context.Context, query ListQuery, options ...Option) (*List[Secret], error) {
	return list[Secret](ctx, s.core, get("secrets").with(query), options)
}

// All goes through every secret.
func (s *SecretService) All(ctx context.Context, query ListQuery, options ...Option) iter.Seq2[Secret, error] {
	return all[Secret](ctx, s.core, get("secrets").with(query), options)
}

// Put stores a secret under a name, or changes what is named of the one that is there. Monitors that
// refer to it take another value at once.
func (s *SecretService) Put(ctx context.Context, name string, secret SecretInput, options ...Option) (*Secret, error) {
	return one[Secret](ctx, s.core, put(secret, "secrets", name), options)
}

// Delete deletes a secret that no monitor refers to.
func (s *SecretService) Delete(ctx context.Context, name string, options ...Option) error {
	return none(ctx, s.core, remove("secrets", name), options)
}
