package kener

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Client speaks to one Kener. It may be used by several goroutines at once.
type Client struct {
	Monitors          *MonitorService
	Incidents         *IncidentService
	IncidentTemplates *TemplateService
	Maintenances      *MaintenanceService
	Windows           *WindowService
	Pages             *PageService
	Keys              *KeyService
	Settings          *SettingsService
	Secrets           *SecretService
	Webhooks          *WebhookService
	Heartbeat         *HeartbeatService

	core *core
}

// New makes a client of the Kener at an address like "https://status.example.com". Without
// [WithKey] it can ask for what is open to everybody: the status, and reports of heartbeats.
func New(address string, options ...ClientOption) (*Client, error) {
	base, err := baseOf(address)
	if err != nil {
		return nil, err
	}
	c := newCore(base)
	for _, option := range options {
		if err := option(c); err != nil {
			return nil, err
		}
	}
	return &Client{
		Monitors:          &MonitorService{c},
		Incidents:         &IncidentService{Updates: &UpdateService{c}, core: c},
		IncidentTemplates: &TemplateService{c},
		Maintenances:      &MaintenanceService{Windows: &MaintenanceWindowService{c}, core: c},
		Windows:           &WindowService{c},
		Pages:             &PageService{c},
		Keys:              &KeyService{c},
		Settings:          &SettingsService{c},
		Secrets:           &SecretService{c},
		Webhooks:          &WebhookService{Deliveries: &DeliveryService{c}, core: c},
		Heartbeat:         &HeartbeatService{c},
		core:              c,
	}, nil
}

// Status tells how everything is, as visitors see it. It needs no key, unless the page is private.
func (c *Client) Status(ctx context.Context, query StatusQuery, options ...Option) (*PublicStatus, error) {
	return one[PublicStatus](ctx, c.core, get("status").with(query), options)
}

// Me tells whose key the client has, and what it may do.
func (c *Client) Me(ctx context.Context, options ...Option) (*Me, error) {
	return one[Me](ctx, c.core, get("me"), options)
}

// OpenAPI returns Kener's own description of its API, an OpenAPI 3.1 document.
func (c *Client) OpenAPI(ctx context.Context, options ...Option) (json.RawMessage, error) {
	got, err := c.core.do(ctx, get("openapi.json").open(), options)
	if err != nil {
		return nil, err
	}
	if !json.Valid(got.body) {
		return nil, got.unexpected()
	}
	return got.body, nil
}

// String names the client by its address.
func (c Client) String() string {
	if c.core == nil {
		return "kener.Client"
	}
	return "kener.Client(" + c.core.base + ")"
}

// Format writes the same, whatever the verb: no way of printing a client shows its key.
func (c Client) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, c.String()) }

func baseOf(address string) (string, error) {
	parsed, err := url.Parse(address)
	if err != nil {
		// The error would repeat the address, and what is wrong with it may be a password.
		return "", errors.New("kener: the address is no URL like https://status.example.com")
	}
	if (parsed.Scheme != "http" && parsed.Scheme != "https") || parsed.Host == "" {
		return "", errors.New("kener: the address must begin with https:// or http://, and name a host")
	}
	if parsed.User != nil || parsed.RawQuery != "" || parsed.Fragment != "" {
		return "", errors.New("kener: the address must have no user name, query or fragment")
	}
	return strings.TrimSuffix(strings.TrimRight(parsed.String(), "/"), "/api"), nil
}

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
