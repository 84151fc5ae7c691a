package kener

import "time"

// Incident is a human account of trouble, with all that was said, the newest first.
type Incident struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Status Phase  `json:"status"`
	Impact Impact `json:"impact"`
	// Message is what was said last.
	Message      string        `json:"message"`
	Monitors     []Affected    `json:"monitors"`
	Updates      []Update      `json:"updates"`
	StartedAt    *time.Time    `json:"started_at"`
	ResolvedAt   *time.Time    `json:"resolved_at"`
	NextUpdateBy *time.Time    `json:"next_update_by"`
	Draft        bool          `json:"draft"`
	Acknowledged *Acknowledged `json:"acknowledged"`
	Version      int           `json:"version"`
	CreatedAt    time.Time     `json:"created_at"`
	UpdatedAt    time.Time     `json:"updated_at"`
}

// Affected is a monitor, and what an incident says of it: none, degraded, partial or down. Nil, in
// templates: what the incident's own impact says.
type Affected struct {
	ID     string  `json:"id"`
	Slug   string  `json:"slug"`
	Name   string  `json:"name"`
	Impact *string `json:"impact"`
}

// Update is a message of an incident, and the phase that it had reached.
type Update struct {
	ID      string    `json:"id"`
	Status  Phase     `json:"status"`
	Message string    `json:"message"`
	At      time.Time `json:"at"`
}

// Acknowledged is who has an incident in hand.
type Acknowledged struct {
	By   string    `json:"by"`
	At   time.Time `json:"at"`
	Note string    `json:"note"`
}

// IncidentInput is a new incident with its first message.
type IncidentInput struct {
	Title   string `json:"title,omitzero"`
	Message string `json:"message,omitzero"`
	// Template is the id of one that fills in what is left out here.
	Template string `json:"template,omitzero"`
	// Status is PhaseInvestigating by default, Impact ImpactMinor.
	Status       Phase           `json:"status,omitzero"`
	Impact       Impact          `json:"impact,omitzero"`
	Monitors     []AffectedInput `json:"monitors,omitzero"`
	StartedAt    time.Time       `json:"started_at,omitzero"`
	ResolvedAt   time.Time       `json:"resolved_at,omitzero"`
	NextUpdateBy time.Time       `json:"next_update_by,omitzero"`
	Draft        bool            `json:"draft,omitzero"`
	// Notify is true by default.
	Notify Opt[bool] `json:"notify,omitzero"`
}

// AffectedInput names a monitor by its id or slug. Without an Impact (none, degraded, partial or
// down) the incident's own says how it is.
type AffectedInput struct {
	ID     string `json:"id"`
	Impact string `json:"impact,omitzero"`
}

// IncidentChange names the fields of an incident that are to change. Its status and messages are
// changed by updates. Null empties a time.
type IncidentChange struct {
	// Version is the one that was looked at: ErrConflict if it is another by now.
	Version      Opt[int]             `json:"version,omitzero"`
	Title        Opt[string]          `json:"title,omitzero"`
	Impact       Opt[Impact]          `json:"impact,omitzero"`
	Monitors     Opt[[]AffectedInput] `json:"monitors,omitzero"`
	StartedAt    Opt[time.Time]       `json:"started_at,omitzero"`
	ResolvedAt   Opt[time.Time]       `json:"resolved_at,omitzero"`
	NextUpdateBy Opt[time.Time]       `json:"next_update_by,omitzero"`
	Draft        Opt[bool]            `json:"draft,omitzero"`
	Notify       Opt[bool]            `json:"notify,omitzero"`
}

// UpdateInput is a new message. PhaseResolved ends the incident; anything but a postmortem after
// that opens it again.
type UpdateInput struct {
	Status  Phase  `json:"status"`
	Message string `json:"message"`
	// At dates it back.
	At           time.Time `json:"at,omitzero"`
	NextUpdateBy time.Time `json:"next_update_by,omitzero"`
	// Notify is true by default.
	Notify Opt[bool] `json:"notify,omitzero"`
}

// UpdateChange names the fields of a message that are to change.
type UpdateChange struct {
	Status  Opt[Phase]     `json:"status,omitzero"`
	Message Opt[string]    `json:"message,omitzero"`
	At      Opt[time.Time] `json:"at,omitzero"`
	Notify  Opt[bool]      `json:"notify,omitzero"`
}

// AcknowledgeInput is what one may add.
type AcknowledgeInput struct {
	Note string `json:"note,omitzero"`
}

// IncidentQuery says which incidents, in which order, and what of each.
type IncidentQuery struct {
	Status Phase     `query:"status"`
	Open   Opt[bool] `query:"open"`
	// Draft asks for drafts, and for nothing else.
	Draft  bool   `query:"draft"`
	Impact Impact `query:"impact"`
	// Monitor is the id or slug of one that the incident speaks of.
	Monitor string    `query:"monitor"`
	From    time.Time `query:"from"`
	To      time.Time `query:"to"`
	// Fields are all that is asked for of each; the others stay zero.
	Fields []string `query:"fields"`
	// Sort names an order; with "-" before it, the other way round: "-started" if you do not say.
	Sort   string `query:"sort"`
	Limit  int    `query:"limit"`
	Cursor string `query:"cursor"`
}

// RemovalQuery says whether subscribers are told that a message was taken back: they are, if you do
// not say.
type RemovalQuery struct {
	Notify Opt[bool] `query:"notify"`
}
