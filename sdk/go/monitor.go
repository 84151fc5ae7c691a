package kener

import (
	"encoding/json"
	"path"
	"time"
)

// Monitor is something watched: what was set of it, and how it is. Seconds, but for DegradedOver and
// LatencyMS, which are milliseconds.
type Monitor struct {
	ID          string `json:"id"`
	Slug        string `json:"slug"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Kind        string `json:"kind"`
	// Settings are those of its kind. Stored secrets show as "***"; sent back so, they stay.
	Settings      map[string]any `json:"settings"`
	Interval      int            `json:"interval"`
	Cron          *string        `json:"cron"`
	TimeZone      string         `json:"time_zone"`
	Timeout       float64        `json:"timeout"`
	ToFail        int            `json:"to_fail"`
	ToRecover     int            `json:"to_recover"`
	RetryInterval int            `json:"retry_interval"`
	DegradedOver  *float64       `json:"degraded_over"`
	Tags          []string       `json:"tags"`
	Paused        bool           `json:"paused"`
	Hidden        bool           `json:"hidden"`
	LatencyHidden bool           `json:"latency_hidden"`
	// HeartbeatURL is where a heartbeat reports to; only for keys that may write monitors.
	HeartbeatURL *string `json:"heartbeat_url"`
	// Status is what visitors see, Confirmed the same before incidents and maintenance are laid
	// over, Observed what the last check saw.
	Status    Status     `json:"status"`
	Confirmed Status     `json:"confirmed"`
	Observed  *Status    `json:"observed"`
	Reason    *Reason    `json:"reason"`
	Detail    string     `json:"detail"`
	Since     *time.Time `json:"since"`
	CheckedAt *time.Time `json:"checked_at"`
	LatencyMS *float64   `json:"latency_ms"`
	Version   int        `json:"version"`
	CreatedAt time.Time  `json:"created_at"`
	UpdatedAt time.Time  `json:"updated_at"`
}

// HeartbeatToken is what a heartbeat's reports are known by; empty when the monitor is none, or the
// key may not see it.
func (m Monitor) HeartbeatToken() string {
	if m.HeartbeatURL == nil {
		return ""
	}
	return path.Base(*m.HeartbeatURL)
}

// DecodeSettings reads the settings into a pointer to those of the monitor's kind, like one to
// HttpSettings.
func (m Monitor) DecodeSettings(into any) error {
	raw, err := json.Marshal(m.Settings)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, into)
}

// MonitorInput is a new monitor. What is left out takes its default.
type MonitorInput struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
	// Settings are those of the kind, like HttpSettings, or a map.
	Settings    any    `json:"settings,omitzero"`
	Slug        string `json:"slug,omitzero"`
	Description string `json:"description,omitzero"`
	// Interval is 60 seconds by default, Timeout 10 or less when the interval is short.
	Interval int     `json:"interval,omitzero"`
	Cron     string  `json:"cron,omitzero"`
	TimeZone string  `json:"time_zone,omitzero"`
	Timeout  float64 `json:"timeout,omitzero"`
	// ToFail is how many failed checks make an outage (2), ToRecover how many good ones end it (1).
	ToFail        int      `json:"to_fail,omitzero"`
	ToRecover     int      `json:"to_recover,omitzero"`
	RetryInterval Opt[int] `json:"retry_interval,omitzero"`
	// DegradedOver is in milliseconds.
	DegradedOver float64  `json:"degraded_over,omitzero"`
	Tags         []string `json:"tags,omitzero"`
	Paused       bool     `json:"paused,omitzero"`
	Hidden       bool     `json:"hidden,omitzero"`
	// LatencyHidden: visitors see how it is, and not how fast.
	LatencyHidden bool `json:"latency_hidden,omitzero"`
}

// MonitorChange names the fields of a monitor that are to change; of Settings, too, those that are
// not named keep their value: to empty one, or to set one to zero, name it in a map. Null empties
// Cron, Timeout and DegradedOver.
type MonitorChange struct {
	// Version is the one that was looked at: ErrConflict if it is another by now.
	Version       Opt[int]      `json:"version,omitzero"`
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

// MonitorQuery says which monitors, in which order, and what of each.
type MonitorQuery struct {
	Kind   string    `query:"kind"`
	Paused Opt[bool] `query:"paused"`
	Status Status    `query:"status"`
	// Tag is one that they must have; of several, with commas between, all.
	Tag string `query:"tag"`
	// Q holds words that must all occur in what one sees of the monitor.
	Q string `query:"q"`
	// Fields are all that is asked for of each; the others stay zero.
	Fields []string `query:"fields"`
	// Sort is "created", "name" or "updated"; with "-" before it, the other way round.
	Sort   string `query:"sort"`
	Limit  int    `query:"limit"`
	Cursor string `query:"cursor"`
}
