package kener

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// ClientOption sets something of a new client.
type ClientOption func(*core) error

// WithKey lets the client carry an API key, like "kener_…".
func WithKey(key string) ClientOption {
	return func(c *core) error {
		if key == "" {
			return errors.New("kener: the key is empty")
		}
		for _, each := range key {
			if each <= ' ' || each > '~' {
				return errors.New("kener: the key has a character that no key has")
			}
		}
		c.key = func() string { return key }
		return nil
	}
}

// WithHTTPClient lets requests go through another client, with its proxies, certificates and
// timeout. Redirects are not followed: Kener gives none.
func WithHTTPClient(client *http.Client) ClientOption {
	return func(c *core) error {
		if client == nil {
			return errors.New("kener: the HTTP client is nil")
		}
		own := *client
		own.CheckRedirect = noRedirect
		c.http = &own
		return nil
	}
}

// WithRetries says how many times a request is sent again at most: 3, if you do not say. Zero turns
// retries off.
func WithRetries(most int) ClientOption {
	return func(c *core) error {
		if most < 0 || most > 100 {
			return fmt.Errorf("kener: the number of retries must be 0 to 100, not %d", most)
		}
		c.retries = most
		return nil
	}
}

// WithMaxWait says how long the client waits at most before it sends a request again: a minute, if
// you do not say. When Retry-After asks for more, the error is returned at once.
func WithMaxWait(most time.Duration) ClientOption {
	return func(c *core) error {
		if most <= 0 {
			return fmt.Errorf("kener: the longest wait must be more than nothing, not %s", most)
		}
		c.maxWait = most
		return nil
	}
}

// WithUserAgent says what the client calls itself.
func WithUserAgent(name string) ClientOption {
	return func(c *core) error {
		c.agent = name
		return nil
	}
}
