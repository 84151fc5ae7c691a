package kener

import (
	"context"
	"iter"
	"time"
)

// Template is what incidents may begin with.
type Template struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Title     string     `json:"title"`
	Message   string     `json:"message"`
	Status    Phase      `json:"status"`
	Impact    Impact     `json:"impact"`
	Monitors  []Affected `json:"monitors"`
	Version   int        `json:"version"`
	CreatedAt time.Time  `json:"created_at"`
	UpdatedAt time.Time  `json:"updated_at"`
}

// TemplateInput is a new template: a name to choose it by, and fields of an incident.
type TemplateInput struct {
	Name     string          `json:"name"`
	Title    string          `json:"title,omitzero"`
	Message  string          `json:"message,omitzero"`
	Status   Phase           `json:"status,omitzero"`
	Impact   Impact          `json:"impact,omitzero"`
	Monitors []AffectedInput `json:"monitors,omitzero"`
}

// TemplateChange names the fields of a template that are to change.
type TemplateChange struct {
	// Version is the one that was looked at: ErrConflict if it is another by now.
	Version  Opt[int]             `json:"version,omitzero"`
	Name     Opt[string]          `json:"name,omitzero"`
	Title    Opt[string]          `json:"title,omitzero"`
	Message  Opt[string]          `json:"message,omitzero"`
	Status   Opt[Phase]           `json:"status,omitzero"`
	Impact   Opt[Impact]          `json:"impact,omitzero"`
	Monitors Opt[[]AffectedInput] `json:"monitors,omitzero"`
}

// TemplateService is all that can be done with templates of incidents.
type TemplateService struct{ core *core }

// List returns one part of the list.
func (s *TemplateService) List(ctx context.Context, query ListQuery, options ...Option) (*List[Template], error) {
	return list[Template](ctx, s.core, get("incident-templates").with(query), options)
}

// All goes through every template.
func (s *TemplateService) All(ctx context.Context, query ListQuery, options ...Option) iter.Seq2[Template, error] {
	return all[Template](ctx, s.core, get("incident-templates").with(query), options)
}

// Create keeps what incidents may begin with.
func (s *TemplateService) Create(ctx context.Context, template TemplateInput, options ...Option) (*Template, error) {
	return one[Template](ctx, s.core, post(template, "incident-templates"), options)
}

// Get returns a template.
func (s *TemplateService) Get(ctx context.Context, id string, options ...Option) (*Template, error) {
	return one[Template](ctx, s.core, get("incident-templates", id), options)
}

// Update changes the fields that are named.
func (s *TemplateService) Update(ctx context.Context, id string, change TemplateChange, options ...Option) (*Template, error) {
	return one[Template](ctx, s.core, put(change, "incident-templates", id), options)
}

// Delete deletes a template; incidents that began with it stay as they are.
func (s *TemplateService) Delete(ctx context.Context, id string, options ...Option) error {
	return none(ctx, s.core, remove("incident-templates", id), options)
}
