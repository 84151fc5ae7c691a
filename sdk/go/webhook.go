package kener

import "time"

// Webhook is a receiver of events; without Events, of all of them.
type Webhook struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	URL       string    `json:"url"`
	Events    []string  `json:"events"`
	Enabled   bool      `json:"enabled"`
	Version   int       `json:"version"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// NewWebhook is a receiver with its secret, which is shown this once. It is for [VerifyWebhook].
type NewWebhook struct {
	Webhook
	Secret string `json:"secret"`
}

// WebhookInput is a new receiver.
type WebhookInput struct {
	Name string `json:"name"`
	URL  string `json:"url"`
	// Events are those that it wants, like EventMonitorDown; none: all.
	Events []string `json:"events,omitzero"`
	// Enabled is true by default.
	Enabled Opt[bool] `json:"enabled,omitzero"`
}

// WebhookChange names the fields of a receiver that are to change.
type WebhookChange struct {
	// Version is the one that was looked at: ErrConflict if it is another by now.
	Version Opt[int]      `json:"version,omitzero"`
	Name    Opt[string]   `json:"name,omitzero"`
	URL     Opt[string]   `json:"url,omitzero"`
	Events  Opt[[]string] `json:"events,omitzero"`
	Enabled Opt[bool]     `json:"enabled,omitzero"`
}

// DeliverySummary is an event on its way to a receiver, or there. Its Log holds each attempt, the
// newest first.
type DeliverySummary struct {
	ID            string        `json:"id"`
	Event         string        `json:"event"`
	Sequence      int           `json:"sequence"`
	State         DeliveryState `json:"state"`
	Attempts      int           `json:"attempts"`
	NextAttemptAt *time.Time    `json:"next_attempt_at"`
	CreatedAt     time.Time     `json:"created_at"`
	FinishedAt    *time.Time    `json:"finished_at"`
	Log           []Attempt     `json:"log"`
}

// Attempt is one sending. StatusCode is nil when no answer came.
type Attempt struct {
	At         time.Time `json:"at"`
	TookMS     int       `json:"took_ms"`
	StatusCode *int      `json:"status_code"`
	Error      string    `json:"error"`
}

// Delivery is the same with the Body that is sent, and the answers that came.
type Delivery struct {
	ID            string         `json:"id"`
	Event         string         `json:"event"`
	Sequence      int            `json:"sequence"`
	State         DeliveryState  `json:"state"`
	Attempts      int            `json:"attempts"`
	NextAttemptAt *time.Time     `json:"next_attempt_at"`
	CreatedAt     time.Time      `json:"created_at"`
	FinishedAt    *time.Time     `json:"finished_at"`
	Log           []FullAttempt  `json:"log"`
	Body          map[string]any `json:"body"`
}

// FullAttempt is one sending, with the beginning of the answer.
type FullAttempt struct {
	Attempt
	Answer string `json:"answer"`
}
