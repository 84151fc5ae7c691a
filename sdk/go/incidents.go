package kener

import (
	"context"
	"iter"
)

// IncidentService is all that can be done with incidents.
type IncidentService struct {
	// Updates are what is said in an incident.
	Updates *UpdateService

	core *core
}

// List returns one part of the list, the latest first.
func (s *IncidentService) List(ctx context.Context, query IncidentQuery, options ...Option) (*List[Incident], error) {
	return list[Incident](ctx, s.core, get("incidents").with(query), options)
}

// All goes through every incident that fits, the latest first.
func (s *IncidentService) All(ctx context.Context, query IncidentQuery, options ...Option) iter.Seq2[Incident, error] {
	return all[Incident](ctx, s.core, get("incidents").with(query), options)
}

// Create opens an incident with its first message.
func (s *IncidentService) Create(ctx context.Context, incident IncidentInput, options ...Option) (*Incident, error) {
	return one[Incident](ctx, s.core, post(incident, "incidents"), options)
}

// Get returns an incident with all its messages.
func (s *IncidentService) Get(ctx context.Context, id string, options ...Option) (*Incident, error) {
	return one[Incident](ctx, s.core, get("incidents", id), options)
}

// Update changes the fields that are named, or publishes a draft. To say more, use Updates.Create.
func (s *IncidentService) Update(ctx context.Context, id string, change IncidentChange, options ...Option) (*Incident, error) {
	return one[Incident](ctx, s.core, put(change, "incidents", id), options)
}

// Delete deletes an incident; history is again what the checks saw.
func (s *IncidentService) Delete(ctx context.Context, id string, options ...Option) error {
	return none(ctx, s.core, remove("incidents", id), options)
}

// Acknowledge notes that the key's owner has an incident in hand. A second time changes nothing.
func (s *IncidentService) Acknowledge(ctx context.Context, id string, given AcknowledgeInput, options ...Option) (*Incident, error) {
	return one[Incident](ctx, s.core, post(given, "incidents", id, "acknowledge"), options)
}

// Unacknowledge takes that back.
func (s *IncidentService) Unacknowledge(ctx context.Context, id string, options ...Option) (*Incident, error) {
	return one[Incident](ctx, s.core, remove("incidents", id, "acknowledge"), options)
}

// UpdateService is all that can be done with the messages of an incident.
type UpdateService struct{ core *core }

// List returns one part of an incident's messages, the newest first.
func (s *UpdateService) List(ctx context.Context, incident string, query ListQuery, options ...Option) (*List[Update], error) {
	return list[Update](ctx, s.core, get("incidents", incident, "updates").with(query), options)
}

// All goes through an incident's messages, the newest first.
func (s *UpdateService) All(ctx context.Context, incident string, query ListQuery, options ...Option) iter.Seq2[Update, error] {
	return all[Update](ctx, s.core, get("incidents", incident, "updates").with(query), options)
}

// Create posts a message, with the phase that the incident has reached, and returns the incident.
func (s *UpdateService) Create(ctx context.Context, incident string, update UpdateInput, options ...Option) (*Incident, error) {
	return one[Incident](ctx, s.core, post(update, "incidents", incident, "updates"), options)
}

// Get returns a message.
func (s *UpdateService) Get(ctx context.Context, incident, id string, options ...Option) (*Update, error) {
	return one[Update](ctx, s.core, get("incidents", incident, "updates", id), options)
}

// Update changes what was said; the incident stands as its newest message says.
func (s *UpdateService) Update(ctx context.Context, incident, id string, change UpdateChange, options ...Option) (*Update, error) {
	return one[Update](ctx, s.core, put(change, "incidents", incident, "updates", id), options)
}

// Delete takes a message back, unless it is the only one.
func (s *UpdateService) Delete(ctx context.Context, incident, id string, query RemovalQuery, options ...Option) error {
	return none(ctx, s.core, remove("incidents", incident, "updates", id).with(query), options)
}
