package kener

import "time"

// Result is what one check saw.
type Result struct {
	At        time.Time `json:"at"`
	Location  *string   `json:"location"`
	Status    Status    `json:"status"`
	LatencyMS *float64  `json:"latency_ms"`
	Reason    *Reason   `json:"reason"`
	Detail    string    `json:"detail"`
}

// Span is a stretch of time in which a monitor was one thing. To is nil when it goes on.
type Span struct {
	Status  Status     `json:"status"`
	Reason  *Reason    `json:"reason"`
	Detail  string     `json:"detail"`
	From    time.Time  `json:"from"`
	To      *time.Time `json:"to"`
	Seconds float64    `json:"seconds"`
}

// Uptime is how much of the watched time a monitor was up: percent, cut, and nil when nothing was
// watched; and the seconds of each status.
type Uptime struct {
	Uptime  *float64           `json:"uptime"`
	Seconds map[Status]float64 `json:"seconds"`
	From    time.Time          `json:"from"`
	To      time.Time          `json:"to"`
	Outages int                `json:"outages"`
	// TimeZone is that of Days; both only if they were asked for.
	TimeZone string `json:"time_zone"`
	Days     []Day  `json:"days"`
}

// Day is a local day, as far as it lies in the window. Date is like "2026-01-31".
type Day struct {
	Date    string             `json:"date"`
	From    time.Time          `json:"from"`
	To      time.Time          `json:"to"`
	Status  Status             `json:"status"`
	Uptime  *float64           `json:"uptime"`
	Seconds map[Status]float64 `json:"seconds"`
}

// Latency is how long checks took in a window, and in each Step (seconds) of it. Nil where there
// were none. Percentiles are named as they were asked for, like "99.9".
type Latency struct {
	Count       int                 `json:"count"`
	AverageMS   *float64            `json:"average_ms"`
	MinMS       *float64            `json:"min_ms"`
	MaxMS       *float64            `json:"max_ms"`
	Percentiles map[string]*float64 `json:"percentiles"`
	From        time.Time           `json:"from"`
	To          time.Time           `json:"to"`
	Step        int                 `json:"step"`
	Points      []LatencyPoint      `json:"points"`
}

// LatencyPoint is one step of it, from At on.
type LatencyPoint struct {
	Count       int                 `json:"count"`
	AverageMS   *float64            `json:"average_ms"`
	MinMS       *float64            `json:"min_ms"`
	MaxMS       *float64            `json:"max_ms"`
	Percentiles map[string]*float64 `json:"percentiles"`
	At          time.Time           `json:"at"`
}

// ResultQuery says which results: from when to when, and of which status.
type ResultQuery struct {
	From   time.Time `query:"from"`
	To     time.Time `query:"to"`
	Status Status    `query:"status"`
	Limit  int       `query:"limit"`
	Cursor string    `query:"cursor"`
}

// SpanQuery says which spans: from when to when.
type SpanQuery struct {
	From   time.Time `query:"from"`
	To     time.Time `query:"to"`
	Limit  int       `query:"limit"`
	Cursor string    `query:"cursor"`
}

// UptimeQuery says of which time: a Window that ends now ("24h", "7d", "30d", "90d" or "1y"), or From
// and To. With Days each local day of TimeZone ("UTC" if you do not say) is told, too.
type UptimeQuery struct {
	Window   string    `query:"window"`
	From     time.Time `query:"from"`
	To       time.Time `query:"to"`
	Days     bool      `query:"days"`
	TimeZone string    `query:"time_zone"`
}

// LatencyQuery says of which time, as in UptimeQuery, and which percentiles: 50, 95 and 99 if you do
// not say.
type LatencyQuery struct {
	Window      string    `query:"window"`
	From        time.Time `query:"from"`
	To          time.Time `query:"to"`
	Percentiles []float64 `query:"percentiles"`
}
