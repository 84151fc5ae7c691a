package kener

import (
	"context"
	"iter"
	"time"
)

// Key is an API key, what it may do, and when it was used last.
type Key struct {
	ID          string     `json:"id"`
	Name        string     `json:"name"`
	State       KeyState   `json:"state"`
	Permissions []string   `json:"permissions"`
	ExpiresAt   *time.Time `json:"expires_at"`
	// Addresses are networks that it is kept to; none: it opens from anywhere.
	Addresses []string `json:"addresses"`
	// RateLimit is requests a minute; nil: as the setting says.
	RateLimit    *int       `json:"rate_limit"`
	LastUsedAt   *time.Time `json:"last_used_at"`
	LastUsedFrom *string    `json:"last_used_from"`
	// OldSecretUntil is until when the text before the last rotation opens, too.
	OldSecretUntil *time.Time `json:"old_secret_until"`
	RevokedAt      *time.Time `json:"revoked_at"`
	Version        int        `json:"version"`
	CreatedAt      time.Time  `json:"created_at"`
}

// NewKey is a key with its text, which is shown this once.
type NewKey struct {
	Key
	Text string `json:"key"`
}

// KeyInput is a new key. No key makes one that may do more than itself.
type KeyInput struct {
	Name        string    `json:"name"`
	Permissions []string  `json:"permissions"`
	ExpiresAt   time.Time `json:"expires_at,omitzero"`
	Addresses   []string  `json:"addresses,omitzero"`
	RateLimit   int       `json:"rate_limit,omitzero"`
}

// KeyChange names the fields of a key that are to change. Null empties ExpiresAt and RateLimit.
type KeyChange struct {
	// Version is the one that was looked at: ErrConflict if it is another by now.
	Version     Opt[int]       `json:"version,omitzero"`
	Name        Opt[string]    `json:"name,omitzero"`
	Permissions Opt[[]string]  `json:"permissions,omitzero"`
	ExpiresAt   Opt[time.Time] `json:"expires_at,omitzero"`
	Addresses   Opt[[]string]  `json:"addresses,omitzero"`
	RateLimit   Opt[int]       `json:"rate_limit,omitzero"`
}

// KeyRotation says for how many seconds the old text opens beside the new one: 0 if you do not say.
type KeyRotation struct {
	// Version is the one that was looked at: ErrConflict if it is another by now.
	Version Opt[int] `json:"version,omitzero"`
	Grace   Opt[int] `json:"grace,omitzero"`
}

// KeyQuery says which keys.
type KeyQuery struct {
	State  KeyState `query:"state"`
	Limit  int      `query:"limit"`
	Cursor string   `query:"cursor"`
}

// KeyService is all that can be done with API keys.
type KeyService struct{ core *core }

// List returns one part of the list.
func (s *KeyService) List(ctx context.Context, query KeyQuery, options ...Option) (*List[Key], error) {
	return list[Key](ctx, s.core, get("keys").with(query), options)
}

// All goes through every key that fits.
func (s *KeyService) All(ctx context.Context, query KeyQuery, options ...Option) iter.Seq2[Key, error] {
	return all[Key](ctx, s.core, get("keys").with(query), options)
}

// Create makes a key. Its Text is shown this once.
func (s *KeyService) Create(ctx context.Context, key KeyInput, options ...Option) (*NewKey, error) {
	return one[NewKey](ctx, s.core, post(key, "keys"), options)
}

// Get returns a key, revoked ones too.
func (s *KeyService) Get(ctx context.Context, id string, options ...Option) (*Key, error) {
	return one[Key](ctx, s.core, get("keys", id), options)
}

// Update changes the fields that are named.
func (s *KeyService) Update(ctx context.Context, id string, change KeyChange, options ...Option) (*Key, error) {
	return one[Key](ctx, s.core, put(change, "keys", id), options)
}

// Delete revokes a key for good. It stays in the list.
func (s *KeyService) Delete(ctx context.Context, id string, options ...Option) (*Key, error) {
	return one[Key](ctx, s.core, remove("keys", id), options)
}

// Rotate gives a key a new text, which is shown this once.
func (s *KeyService) Rotate(ctx context.Context, id string, rotation KeyRotation, options ...Option) (*NewKey, error) {
	return one[NewKey](ctx, s.core, post(rotation, "keys", id, "rotate"), options)
}
