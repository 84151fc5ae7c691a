package kener

import "time"

// PublicStatus is how everything is, in a word and in a sentence.
type PublicStatus struct {
	Status       Verdict        `json:"status"`
	Sentence     string         `json:"sentence"`
	At           time.Time      `json:"at"`
	Monitors     []Service      `json:"monitors"`
	Incidents    []Story        `json:"incidents"`
	Maintenances PlannedWindows `json:"maintenances"`
}

// Service is a monitor as visitors see it.
type Service struct {
	ID        string     `json:"id"`
	Slug      string     `json:"slug"`
	Name      string     `json:"name"`
	Status    Status     `json:"status"`
	Since     *time.Time `json:"since"`
	CheckedAt *time.Time `json:"checked_at"`
	LatencyMS *float64   `json:"latency_ms"`
}

// Story is an open incident as visitors see it.
type Story struct {
	ID           string      `json:"id"`
	Title        string      `json:"title"`
	Status       Phase       `json:"status"`
	Impact       Impact      `json:"impact"`
	Message      string      `json:"message"`
	Monitors     []Touched   `json:"monitors"`
	Updates      []Statement `json:"updates"`
	StartedAt    time.Time   `json:"started_at"`
	ResolvedAt   *time.Time  `json:"resolved_at"`
	NextUpdateBy *time.Time  `json:"next_update_by"`
	CreatedAt    time.Time   `json:"created_at"`
	UpdatedAt    time.Time   `json:"updated_at"`
}

// Touched is a monitor, and what is said of it. "none": it is well.
type Touched struct {
	ID     string `json:"id"`
	Slug   string `json:"slug"`
	Name   string `json:"name"`
	Impact string `json:"impact"`
}

// Statement is what was said of an incident, and when.
type Statement struct {
	Status  Phase     `json:"status"`
	Message string    `json:"message"`
	At      time.Time `json:"at"`
}

// PlannedWindows are planned work that is under way, and that of the next two weeks.
type PlannedWindows struct {
	Active   []PlannedWindow `json:"active"`
	Upcoming []PlannedWindow `json:"upcoming"`
}

// PlannedWindow is planned work as visitors see it. ID is the maintenance's.
type PlannedWindow struct {
	ID       string       `json:"id"`
	WindowID string       `json:"window_id"`
	Title    string       `json:"title"`
	Message  string       `json:"message"`
	Status   WindowStatus `json:"status"`
	StartsAt time.Time    `json:"starts_at"`
	EndsAt   time.Time    `json:"ends_at"`
	Monitors []Touched    `json:"monitors"`
}

// StatusQuery says which page's status, by its id or slug; the default page's, if you do not say.
type StatusQuery struct {
	Page string `query:"page"`
}

// Me is the key that asks.
type Me struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Permissions are those it holds, and those that follow from them.
	Permissions []string   `json:"permissions"`
	CreatedAt   time.Time  `json:"created_at"`
	ExpiresAt   *time.Time `json:"expires_at"`
	Addresses   []string   `json:"addresses"`
	// RateLimit is how many requests a minute it may send.
	RateLimit int `json:"rate_limit"`
}
