package kener

import (
	"encoding/json"
	"time"
)

// Events that a webhook may ask for.
const (
	EventMonitorDown          = "monitor.down"
	EventMonitorDegraded      = "monitor.degraded"
	EventMonitorUp            = "monitor.up"
	EventIncidentCreated      = "incident.created"
	EventIncidentUpdated      = "incident.updated"
	EventIncidentResolved     = "incident.resolved"
	EventMaintenanceScheduled = "maintenance.scheduled"
	EventMaintenanceUpdated   = "maintenance.updated"
	EventMaintenanceStarting  = "maintenance.starting"
	EventMaintenanceStarted   = "maintenance.started"
	EventMaintenanceCompleted = "maintenance.completed"
	EventMaintenanceCancelled = "maintenance.cancelled"
	EventPublishFailed        = "publish.failed"
	EventPublishRecovered     = "publish.recovered"
)

// EventTest is what Webhooks.Test sends. Nobody can ask for it.
const EventTest = "webhook.test"

// Event is a fact that a webhook tells.
type Event struct {
	// ID is the same whenever the event is sent again.
	ID        string    `json:"-"`
	Name      string    `json:"event"`
	Timestamp time.Time `json:"timestamp"`
	// Data is a MonitorEvent, an IncidentEvent, a MaintenanceEvent or a PublishEvent; see Decode.
	Data json.RawMessage `json:"data"`
}

// Decode reads the data into a pointer, like one to a MonitorEvent.
func (e Event) Decode(into any) error { return json.Unmarshal(e.Data, into) }

// Sequence rises with every event: of two about the same thing, the higher one is the later fact.
func (e Event) Sequence() int {
	var found struct {
		Sequence int `json:"sequence"`
	}
	_ = json.Unmarshal(e.Data, &found)
	return found.Sequence
}

// MonitorEvent is the data of EventMonitorDown, EventMonitorDegraded and EventMonitorUp.
type MonitorEvent struct {
	MonitorID string     `json:"monitor_id"`
	Name      string     `json:"name"`
	Slug      string     `json:"slug"`
	Status    Status     `json:"status"`
	Reason    *Reason    `json:"reason"`
	Detail    string     `json:"detail"`
	Since     *time.Time `json:"since"`
}

// IncidentEvent is the data of events of incidents. Monitors are ids.
type IncidentEvent struct {
	IncidentID string     `json:"incident_id"`
	Title      string     `json:"title"`
	Status     Phase      `json:"status"`
	Impact     Impact     `json:"impact"`
	Message    string     `json:"message"`
	Monitors   []string   `json:"monitors"`
	StartedAt  *time.Time `json:"started_at"`
	ResolvedAt *time.Time `json:"resolved_at"`
}

// MaintenanceEvent is the data of events of maintenance. WindowID is the window it is about, else
// the next one; nil when none is left. Monitors are ids.
type MaintenanceEvent struct {
	MaintenanceID string     `json:"maintenance_id"`
	WindowID      *string    `json:"window_id"`
	Title         string     `json:"title"`
	Message       string     `json:"message"`
	Monitors      []string   `json:"monitors"`
	StartsAt      *time.Time `json:"starts_at"`
	EndsAt        *time.Time `json:"ends_at"`
}

// PublishEvent is the data of EventPublishFailed and EventPublishRecovered. Error is empty once it
// goes again.
type PublishEvent struct {
	TargetID string `json:"target_id"`
	Name     string `json:"name"`
	Error    string `json:"error"`
}
