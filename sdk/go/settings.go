package kener

import "context"

// Settings are what can be set of a Kener, and what is Running.
type Settings struct {
	Title    string  `json:"title"`
	TimeZone string  `json:"time_zone"`
	Version  int     `json:"version"`
	Running  Running `json:"running"`
}

// Running is what the environment has settled: seconds, days and requests a minute.
type Running struct {
	Kener               string   `json:"kener"`
	URL                 string   `json:"url"`
	PageURL             string   `json:"page_url"`
	Database            string   `json:"database"`
	Redis               bool     `json:"redis"`
	Location            string   `json:"location"`
	ProbesInFlight      int      `json:"probes_in_flight"`
	ProbesPerHost       int      `json:"probes_per_host"`
	PublishEvery        int      `json:"publish_every"`
	ResultsDays         int      `json:"results_days"`
	HistoryDays         int      `json:"history_days"`
	SessionDays         int      `json:"session_days"`
	RateLimit           int      `json:"rate_limit"`
	WebThreads          int      `json:"web_threads"`
	LogLevel            string   `json:"log_level"`
	LogFormat           string   `json:"log_format"`
	TrustedProxies      []string `json:"trusted_proxies"`
	PrivateNetworks     []string `json:"private_networks"`
	ProbeDeniedNetworks []string `json:"probe_denied_networks"`
	PrivateTargets      string   `json:"private_targets"`
	Deadman             bool     `json:"deadman"`
}

// SettingsChange names the settings that are to change.
type SettingsChange struct {
	// Version is the one that was looked at: ErrConflict if it is another by now.
	Version  Opt[int]    `json:"version,omitzero"`
	Title    Opt[string] `json:"title,omitzero"`
	TimeZone Opt[string] `json:"time_zone,omitzero"`
}

// SettingsService is all that can be done with settings.
type SettingsService struct{ core *core }

// Get returns all that can be set, and what is running.
func (s *SettingsService) Get(ctx context.Context, options ...Option) (*Settings, error) {
	return one[Settings](ctx, s.core, get("settings"), options)
}

// Update changes the settings that are named.
func (s *SettingsService) Update(ctx context.Context, change SettingsChange, options ...Option) (*Settings, error) {
	return one[Settings](ctx, s.core, put(change, "settings"), options)
}
