package kener

import (
	"context"
	"iter"
)

// MaintenanceService is all that can be done with planned work.
type MaintenanceService struct {
	// Windows are the occurrences of one maintenance.
	Windows *MaintenanceWindowService

	core *core
}

// List returns one part of the list, what was planned last first.
func (s *MaintenanceService) List(ctx context.Context, query MaintenanceQuery, options ...Option) (*List[Maintenance], error) {
	return list[Maintenance](ctx, s.core, get("maintenances").with(query), options)
}

// All goes through all planned work that fits.
func (s *MaintenanceService) All(ctx context.Context, query MaintenanceQuery, options ...Option) iter.Seq2[Maintenance, error] {
	return all[Maintenance](ctx, s.core, get("maintenances").with(query), options)
}

// Create plans work, once or by a rule.
func (s *MaintenanceService) Create(ctx context.Context, maintenance MaintenanceInput, options ...Option) (*Maintenance, error) {
	return one[Maintenance](ctx, s.core, post(maintenance, "maintenances"), options)
}

// Get returns planned work, with its open window or the next.
func (s *MaintenanceService) Get(ctx context.Context, id string, options ...Option) (*Maintenance, error) {
	return one[Maintenance](ctx, s.core, get("maintenances", id), options)
}

// Update changes the fields that are named.
func (s *MaintenanceService) Update(ctx context.Context, id string, change MaintenanceChange, options ...Option) (*Maintenance, error) {
	return one[Maintenance](ctx, s.core, put(change, "maintenances", id), options)
}

// Delete deletes planned work with its windows; history is again what the checks saw.
func (s *MaintenanceService) Delete(ctx context.Context, id string, options ...Option) error {
	return none(ctx, s.core, remove("maintenances", id), options)
}

// Cancel cancels the open window and all to come.
func (s *MaintenanceService) Cancel(ctx context.Context, id string, options ...Option) (*Maintenance, error) {
	return one[Maintenance](ctx, s.core, post(nil, "maintenances", id, "cancel"), options)
}

// MaintenanceWindowService lists the windows of one maintenance. All else is done by Client.Windows.
type MaintenanceWindowService struct{ core *core }

// List returns one part of its windows, the earliest first.
func (s *MaintenanceWindowService) List(ctx context.Context, maintenance string, query WindowQuery, options ...Option) (*List[Window], error) {
	return list[Window](ctx, s.core, get("maintenances", maintenance, "windows").with(query), options)
}

// All goes through its windows, the earliest first.
func (s *MaintenanceWindowService) All(ctx context.Context, maintenance string, query WindowQuery, options ...Option) iter.Seq2[Window, error] {
	return all[Window](ctx, s.core, get("maintenances", maintenance, "windows").with(query), options)
}

// WindowService is all that can be done with one window of planned work.
type WindowService struct{ core *core }

// Get returns a window.
func (s *WindowService) Get(ctx context.Context, id string, options ...Option) (*Window, error) {
	return one[Window](ctx, s.core, get("windows", id), options)
}

// Update lets a window begin or end at another time.
func (s *WindowService) Update(ctx context.Context, id string, change WindowChange, options ...Option) (*Window, error) {
	return one[Window](ctx, s.core, put(change, "windows", id), options)
}

// Finish ends a window now.
func (s *WindowService) Finish(ctx context.Context, id string, options ...Option) (*Window, error) {
	return one[Window](ctx, s.core, post(nil, "windows", id, "finish"), options)
}

// Extend lets a window last longer.
func (s *WindowService) Extend(ctx context.Context, id string, given ExtendInput, options ...Option) (*Window, error) {
	return one[Window](ctx, s.core, post(given, "windows", id, "extend"), options)
}

// Cancel lets a window not take place.
func (s *WindowService) Cancel(ctx context.Context, id string, options ...Option) (*Window, error) {
	return one[Window](ctx, s.core, post(nil, "windows", id, "cancel"), options)
}
