package kener

import (
	"context"
	"iter"
)

// MonitorService is all that can be done with monitors. Where it takes an id, a slug does as well.
type MonitorService struct{ core *core }

// List returns one part of the list.
func (s *MonitorService) List(ctx context.Context, query MonitorQuery, options ...Option) (*List[Monitor], error) {
	return list[Monitor](ctx, s.core, get("monitors").with(query), options)
}

// All goes through every monitor that fits.
func (s *MonitorService) All(ctx context.Context, query MonitorQuery, options ...Option) iter.Seq2[Monitor, error] {
	return all[Monitor](ctx, s.core, get("monitors").with(query), options)
}

// Create makes a monitor. It is checked at once.
func (s *MonitorService) Create(ctx context.Context, monitor MonitorInput, options ...Option) (*Monitor, error) {
	return one[Monitor](ctx, s.core, post(monitor, "monitors"), options)
}

// Get returns a monitor.
func (s *MonitorService) Get(ctx context.Context, id string, options ...Option) (*Monitor, error) {
	return one[Monitor](ctx, s.core, get("monitors", id), options)
}

// Update changes the fields that are named.
func (s *MonitorService) Update(ctx context.Context, id string, change MonitorChange, options ...Option) (*Monitor, error) {
	return one[Monitor](ctx, s.core, put(change, "monitors", id), options)
}

// Delete deletes a monitor and its history.
func (s *MonitorService) Delete(ctx context.Context, id string, options ...Option) error {
	return none(ctx, s.core, remove("monitors", id), options)
}

// Check checks a monitor now. The answer does not wait for what comes of it.
func (s *MonitorService) Check(ctx context.Context, id string, options ...Option) (*Monitor, error) {
	return one[Monitor](ctx, s.core, post(nil, "monitors", id, "check"), options)
}

// Pause stops checking.
func (s *MonitorService) Pause(ctx context.Context, id string, options ...Option) (*Monitor, error) {
	return one[Monitor](ctx, s.core, post(nil, "monitors", id, "pause"), options)
}

// Resume checks again, at once.
func (s *MonitorService) Resume(ctx context.Context, id string, options ...Option) (*Monitor, error) {
	return one[Monitor](ctx, s.core, post(nil, "monitors", id, "resume"), options)
}

// SetStatus says how a monitor of kind manual is. It is that at once.
func (s *MonitorService) SetStatus(ctx context.Context, id string, status StatusInput, options ...Option) (*Monitor, error) {
	return one[Monitor](ctx, s.core, post(status, "monitors", id, "status"), options)
}

// Test probes once, now, and tells what was seen. Nothing is stored.
func (s *MonitorService) Test(ctx context.Context, trial TrialInput, options ...Option) (*Trial, error) {
	return one[Trial](ctx, s.core, post(trial, "monitors", "test"), options)
}

// Bulk does one thing to many monitors. Those that it cannot be done to are told of in Refused.
func (s *MonitorService) Bulk(ctx context.Context, wanted BulkInput, options ...Option) (*BulkDone, error) {
	return one[BulkDone](ctx, s.core, post(wanted, "monitors", "bulk"), options)
}
