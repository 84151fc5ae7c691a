package kener

import "time"

// Maintenance is planned work. Starts is on the clocks of TimeZone, like "2026-03-29T02:00:00";
// minutes for Duration and Reminders.
type Maintenance struct {
	ID         string       `json:"id"`
	Title      string       `json:"title"`
	Message    string       `json:"message"`
	Status     WindowStatus `json:"status"`
	TimeZone   string       `json:"time_zone"`
	Starts     string       `json:"starts"`
	Duration   int          `json:"duration"`
	RRule      *string      `json:"rrule"`
	Exceptions []string     `json:"exceptions"`
	Monitors   []Planned    `json:"monitors"`
	Reminders  []int        `json:"reminders"`
	Notify     bool         `json:"notify"`
	Draft      bool         `json:"draft"`
	// Window is the one that is open, or else the next.
	Window      *Window    `json:"window"`
	CancelledAt *time.Time `json:"cancelled_at"`
	Version     int        `json:"version"`
	CreatedAt   time.Time  `json:"created_at"`
	UpdatedAt   time.Time  `json:"updated_at"`
}

// Planned is a monitor, and what it is while a window lasts: maintenance, up, degraded, partial or
// down.
type Planned struct {
	ID     string `json:"id"`
	Slug   string `json:"slug"`
	Name   string `json:"name"`
	Impact string `json:"impact"`
}

// Window is one occurrence of planned work.
type Window struct {
	ID            string       `json:"id"`
	MaintenanceID string       `json:"maintenance_id"`
	Status        WindowStatus `json:"status"`
	StartsAt      time.Time    `json:"starts_at"`
	EndsAt        time.Time    `json:"ends_at"`
	// OriginalAt is when it would begin by the rule.
	OriginalAt time.Time `json:"original_at"`
	Edited     bool      `json:"edited"`
	Version    int       `json:"version"`
}

// MaintenanceInput is new planned work: once, or by an RRule like "FREQ=WEEKLY;BYDAY=SU".
type MaintenanceInput struct {
	Title   string `json:"title"`
	Message string `json:"message,omitzero"`
	// Starts is on the clocks of TimeZone ("UTC" by default), like "2026-03-29T02:00".
	Starts   string `json:"starts"`
	TimeZone string `json:"time_zone,omitzero"`
	// Duration is in minutes.
	Duration int    `json:"duration"`
	RRule    string `json:"rrule,omitzero"`
	// Exceptions are days, like "2026-03-29", or times on these clocks.
	Exceptions []string       `json:"exceptions,omitzero"`
	Monitors   []PlannedInput `json:"monitors,omitzero"`
	// Reminders are minutes before each window.
	Reminders []int `json:"reminders,omitzero"`
	// Notify is true by default.
	Notify Opt[bool] `json:"notify,omitzero"`
	Draft  bool      `json:"draft,omitzero"`
}

// PlannedInput names a monitor by its id or slug. Impact is what it is while a window lasts:
// maintenance, if you do not say, up, degraded, partial or down.
type PlannedInput struct {
	ID     string `json:"id"`
	Impact string `json:"impact,omitzero"`
}

// MaintenanceChange names the fields of planned work that are to change.
type MaintenanceChange struct {
	// Version is the one that was looked at: ErrConflict if it is another by now.
	Version    Opt[int]            `json:"version,omitzero"`
	Title      Opt[string]         `json:"title,omitzero"`
	Message    Opt[string]         `json:"message,omitzero"`
	Starts     Opt[string]         `json:"starts,omitzero"`
	TimeZone   Opt[string]         `json:"time_zone,omitzero"`
	Duration   Opt[int]            `json:"duration,omitzero"`
	RRule      Opt[string]         `json:"rrule,omitzero"`
	Exceptions Opt[[]string]       `json:"exceptions,omitzero"`
	Monitors   Opt[[]PlannedInput] `json:"monitors,omitzero"`
	Reminders  Opt[[]int]          `json:"reminders,omitzero"`
	Notify     Opt[bool]           `json:"notify,omitzero"`
	Draft      Opt[bool]           `json:"draft,omitzero"`
}

// WindowChange lets a window begin or end at another time.
type WindowChange struct {
	// Version is the one that was looked at: ErrConflict if it is another by now.
	Version  Opt[int]       `json:"version,omitzero"`
	StartsAt Opt[time.Time] `json:"starts_at,omitzero"`
	EndsAt   Opt[time.Time] `json:"ends_at,omitzero"`
}

// ExtendInput is how much longer a window is to last.
type ExtendInput struct {
	Minutes int `json:"minutes"`
}

// MaintenanceQuery says which planned work.
type MaintenanceQuery struct {
	Upcoming Opt[bool] `query:"upcoming"`
	Active   Opt[bool] `query:"active"`
	Past     Opt[bool] `query:"past"`
	Draft    Opt[bool] `query:"draft"`
	// Monitor is the id or slug of one that it is about.
	Monitor string `query:"monitor"`
	Limit   int    `query:"limit"`
	Cursor  string `query:"cursor"`
}

// WindowQuery says which windows: those that are over, those that are not, or all.
type WindowQuery struct {
	Over   Opt[bool] `query:"over"`
	Limit  int       `query:"limit"`
	Cursor string    `query:"cursor"`
}
