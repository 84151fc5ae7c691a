package kener

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"runtime"
	"strings"
)

const (
	version     = "0.1.0"
	contentType = "Content-Type"
)

// request is what is asked for. It is a value: what is derived from it is another one.
type request struct {
	method string
	path   []string // below /api
	query  url.Values
	body   any    // sent as JSON; nil: none
	text   string // sent as it is, when there is no body
	isOpen bool   // needs no key, so none is sent
	// secret: the second part of the path is one, so errors do not show it.
	secret bool
}

func get(path ...string) request { return request{method: http.MethodGet, path: path} }

func post(body any, path ...string) request {
	return request{method: http.MethodPost, path: path, body: body}
}

func put(body any, path ...string) request {
	return request{method: http.MethodPut, path: path, body: body}
}

func remove(path ...string) request { return request{method: http.MethodDelete, path: path} }

func (r request) with(query any) request {
	r.query = encode(query)
	return r
}

func (r request) at(cursor string) request {
	query := url.Values{}
	maps.Copy(query, r.query)
	query.Set("cursor", cursor)
	r.query = query
	return r
}

func (r request) open() request {
	r.isOpen = true
	return r
}

// name is what errors call the request: its method and path, without what is secret.
func (r request) name() string {
	shown := make([]string, len(r.path))
	for index, part := range r.path {
		shown[index] = url.PathEscape(part)
		if r.secret && index == 1 {
			shown[index] = "***"
		}
	}
	return r.method + " /api/" + strings.Join(shown, "/")
}

// prepared is a request as it is sent, each time anew.
type prepared struct {
	method, url, name string
	header            http.Header
	body              []byte
	meta              *Meta
}

func (c *core) prepare(wanted request, options []Option) (*prepared, error) {
	address, err := c.addressOf(wanted)
	if err != nil {
		return nil, err
	}
	own := &call{header: http.Header{}}
	own.header.Set("Accept", "application/json")
	own.header.Set("User-Agent", c.agent)
	body, err := bodyOf(wanted, own.header)
	if err != nil {
		return nil, err
	}
	if wanted.method == http.MethodPost {
		own.header.Set("Idempotency-Key", rand.Text())
	}
	for _, option := range options {
		option(own)
	}
	if key := c.key(); key != "" && !wanted.isOpen {
		own.header.Set("Authorization", "Bearer "+key)
	}
	return &prepared{wanted.method, address, wanted.name(), own.header, body, own.meta}, nil
}

func (c *core) addressOf(wanted request) (string, error) {
	var path strings.Builder
	for _, part := range wanted.path {
		if part == "" || part == "." || part == ".." {
			return "", fmt.Errorf("kener: %s: %q is no id", wanted.name(), part)
		}
		path.WriteString("/" + url.PathEscape(part))
	}
	if len(wanted.query) == 0 {
		return c.base + "/api" + path.String(), nil
	}
	return c.base + "/api" + path.String() + "?" + wanted.query.Encode(), nil
}

func bodyOf(wanted request, header http.Header) ([]byte, error) {
	if wanted.body == nil {
		if wanted.text != "" {
			header.Set(contentType, "text/plain; charset=utf-8")
		}
		return []byte(wanted.text), nil
	}
	body, err := json.Marshal(wanted.body)
	if err != nil {
		return nil, fmt.Errorf("kener: %s: %w", wanted.name(), err)
	}
	header.Set(contentType, "application/json")
	return body, nil
}

func userAgent() string {
	return "kener-go/" + version + " (" + runtime.Version() + ")"
}
