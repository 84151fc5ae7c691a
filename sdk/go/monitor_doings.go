package kener

import "time"

// StatusInput says how a manual monitor is: up, degraded, down or unknown.
type StatusInput struct {
	Status  Status `json:"status"`
	Message string `json:"message,omitzero"`
	// ExpiresIn is for how many seconds it holds; 0: until the next one. Without it and ExpiresAt,
	// what the monitor's settings say.
	ExpiresIn Opt[int]  `json:"expires_in,omitzero"`
	ExpiresAt time.Time `json:"expires_at,omitzero"`
}

// TrialInput is a monitor that is tried out: a new one, or, with the ID of a stored one, changes of it.
type TrialInput struct {
	ID            string        `json:"id,omitzero"`
	Name          Opt[string]   `json:"name,omitzero"`
	Kind          Opt[string]   `json:"kind,omitzero"`
	Settings      any           `json:"settings,omitzero"`
	Slug          Opt[string]   `json:"slug,omitzero"`
	Description   Opt[string]   `json:"description,omitzero"`
	Interval      Opt[int]      `json:"interval,omitzero"`
	Cron          Opt[string]   `json:"cron,omitzero"`
	TimeZone      Opt[string]   `json:"time_zone,omitzero"`
	Timeout       Opt[float64]  `json:"timeout,omitzero"`
	ToFail        Opt[int]      `json:"to_fail,omitzero"`
	ToRecover     Opt[int]      `json:"to_recover,omitzero"`
	RetryInterval Opt[int]      `json:"retry_interval,omitzero"`
	DegradedOver  Opt[float64]  `json:"degraded_over,omitzero"`
	Tags          Opt[[]string] `json:"tags,omitzero"`
	Paused        Opt[bool]     `json:"paused,omitzero"`
	Hidden        Opt[bool]     `json:"hidden,omitzero"`
	LatencyHidden Opt[bool]     `json:"latency_hidden,omitzero"`
}

// Trial is what one probe saw.
type Trial struct {
	Status    Status   `json:"status"`
	Reason    *Reason  `json:"reason"`
	Detail    string   `json:"detail"`
	LatencyMS *float64 `json:"latency_ms"`
	// Phases are parts of the latency, in milliseconds.
	Phases map[string]float64 `json:"phases"`
	// Facts are what the kind found out: texts, numbers, truths and lists of texts.
	Facts            map[string]any `json:"facts"`
	FailedAssertions []string       `json:"failed_assertions"`
}

// BulkInput says what to do, and to which monitors: those of these IDs, or all that a Filter fits.
type BulkInput struct {
	Action Action        `json:"action"`
	IDs    []string      `json:"ids,omitzero"`
	Filter MonitorFilter `json:"filter,omitzero"`
	// Tags are for ActionTag and ActionUntag.
	Tags []string `json:"tags,omitzero"`
}

// MonitorFilter is what monitors must be like; what is left out does not matter.
type MonitorFilter struct {
	Kind   string    `json:"kind,omitzero"`
	Paused Opt[bool] `json:"paused,omitzero"`
	Status Status    `json:"status,omitzero"`
	// Tag are tags that they must all have.
	Tag []string `json:"tag,omitzero"`
	// Q holds words that must all occur in what one sees of the monitor.
	Q string `json:"q,omitzero"`
}

// BulkDone is what became of each monitor.
type BulkDone struct {
	Action    Action      `json:"action"`
	Changed   []Named     `json:"changed"`
	Unchanged []Named     `json:"unchanged"`
	Refused   []LeftAlone `json:"refused"`
}

// LeftAlone is a monitor that was not changed, by the name that it was asked for by, and why.
type LeftAlone struct {
	ID      string `json:"id"`
	Code    string `json:"code"`
	Message string `json:"message"`
}
