package kener

import (
	"context"
	"iter"
	"time"
)

// PageSummary is a status page without its sections.
type PageSummary struct {
	ID          string     `json:"id"`
	Slug        string     `json:"slug"`
	Title       string     `json:"title"`
	Description string     `json:"description"`
	Language    string     `json:"language"`
	Languages   []string   `json:"languages"`
	Address     string     `json:"address"`
	TimeZone    string     `json:"time_zone"`
	Look        Look       `json:"look"`
	Visibility  Visibility `json:"visibility"`
	IsDefault   bool       `json:"is_default"`
	// Everything: it shows all monitors that are not hidden, while it has no sections.
	Everything bool      `json:"everything"`
	Version    int       `json:"version"`
	CreatedAt  time.Time `json:"created_at"`
	UpdatedAt  time.Time `json:"updated_at"`
}

// Page is a status page.
type Page struct {
	PageSummary
	Sections []Section `json:"sections"`
}

// Look is how a page looks; empty: as Kener does it.
type Look struct {
	Accent  string `json:"accent"`
	Theme   Theme  `json:"theme"`
	Logo    string `json:"logo"`
	Favicon string `json:"favicon"`
	Font    Font   `json:"font"`
	CSS     string `json:"css"`
	Footer  string `json:"footer"`
	Links   []Link `json:"links"`

	Analytics    Analytics    `json:"analytics"`
	Announcement Announcement `json:"announcement"`
}

// Data is a data attribute of a script: its name without "data-", and its value.
type Data struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// DataInput is a data attribute of a script: its name without "data-", and its value.
type DataInput struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Analytics is a script that counts visitors, and its data attributes; none without an address.
type Analytics struct {
	Src  string `json:"src"`
	Data []Data `json:"data"`
}

// Announcement is a few words below the verdict of the page; none without a text.
type Announcement struct {
	Text     string     `json:"text"`
	URL      string     `json:"url"`
	BeginsAt *time.Time `json:"begins_at"`
	EndsAt   *time.Time `json:"ends_at"`
}

// Link is a link at the foot of a page.
type Link struct {
	Label string `json:"label"`
	URL   string `json:"url"`
}

// Section is a named part of a page, with the ids of the monitors in it.
type Section struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Open        bool     `json:"open"`
	Monitors    []string `json:"monitors"`
}

// PageInput is a new page.
type PageInput struct {
	Title       string         `json:"title"`
	Slug        string         `json:"slug,omitzero"`
	Description string         `json:"description,omitzero"`
	Language    string         `json:"language,omitzero"`
	Languages   []string       `json:"languages,omitzero"`
	Address     string         `json:"address,omitzero"`
	TimeZone    string         `json:"time_zone,omitzero"`
	Look        LookInput      `json:"look,omitzero"`
	Visibility  Visibility     `json:"visibility,omitzero"`
	IsDefault   bool           `json:"is_default,omitzero"`
	Everything  bool           `json:"everything,omitzero"`
	Sections    []SectionInput `json:"sections,omitzero"`
}

// LookInput names what is to change of how a page looks.
type LookInput struct {
	Accent  Opt[string]      `json:"accent,omitzero"`
	Theme   Opt[Theme]       `json:"theme,omitzero"`
	Logo    Opt[string]      `json:"logo,omitzero"`
	Favicon Opt[string]      `json:"favicon,omitzero"`
	Font    Opt[Font]        `json:"font,omitzero"`
	CSS     Opt[string]      `json:"css,omitzero"`
	Footer  Opt[string]      `json:"footer,omitzero"`
	Links   Opt[[]LinkInput] `json:"links,omitzero"`

	Analytics    Opt[AnalyticsInput]    `json:"analytics,omitzero"`
	Announcement Opt[AnnouncementInput] `json:"announcement,omitzero"`
}

// AnalyticsInput replaces the script that counts visitors; none without an address.
type AnalyticsInput struct {
	Src  string      `json:"src,omitzero"`
	Data []DataInput `json:"data,omitzero"`
}

// AnnouncementInput replaces the words below the verdict of the page; none without a text.
type AnnouncementInput struct {
	Text     string    `json:"text,omitzero"`
	URL      string    `json:"url,omitzero"`
	BeginsAt time.Time `json:"begins_at,omitzero"`
	EndsAt   time.Time `json:"ends_at,omitzero"`
}

// LinkInput is a link at the foot of a page.
type LinkInput struct {
	Label string `json:"label"`
	URL   string `json:"url"`
}

// SectionInput is a section, and what is in it by ids or slugs. Without ID it is the one of the same
// name, or else a new one.
type SectionInput struct {
	ID          string `json:"id,omitzero"`
	Name        string `json:"name"`
	Description string `json:"description,omitzero"`
	// Open is true by default.
	Open     Opt[bool] `json:"open,omitzero"`
	Monitors []string  `json:"monitors,omitzero"`
}

// PageChange names the fields of a page that are to change; of Look, too, those that are not named
// keep their value. Sections are all that there are to be.
type PageChange struct {
	// Version is the one that was looked at: ErrConflict if it is another by now.
	Version     Opt[int]            `json:"version,omitzero"`
	Title       Opt[string]         `json:"title,omitzero"`
	Slug        Opt[string]         `json:"slug,omitzero"`
	Description Opt[string]         `json:"description,omitzero"`
	Language    Opt[string]         `json:"language,omitzero"`
	Languages   Opt[[]string]       `json:"languages,omitzero"`
	Address     Opt[string]         `json:"address,omitzero"`
	TimeZone    Opt[string]         `json:"time_zone,omitzero"`
	Look        Opt[LookInput]      `json:"look,omitzero"`
	Visibility  Opt[Visibility]     `json:"visibility,omitzero"`
	IsDefault   Opt[bool]           `json:"is_default,omitzero"`
	Everything  Opt[bool]           `json:"everything,omitzero"`
	Sections    Opt[[]SectionInput] `json:"sections,omitzero"`
}

// PageService is all that can be done with status pages. Where it takes an id, a slug does as well.
type PageService struct{ core *core }

// List returns one part of the list: pages without their sections.
func (s *PageService) List(ctx context.Context, query ListQuery, options ...Option) (*List[PageSummary], error) {
	return list[PageSummary](ctx, s.core, get("pages").with(query), options)
}

// All goes through every page, without its sections.
func (s *PageService) All(ctx context.Context, query ListQuery, options ...Option) iter.Seq2[PageSummary, error] {
	return all[PageSummary](ctx, s.core, get("pages").with(query), options)
}

// Create makes a page with its sections.
func (s *PageService) Create(ctx context.Context, page PageInput, options ...Option) (*Page, error) {
	return one[Page](ctx, s.core, post(page, "pages"), options)
}

// Get returns a page.
func (s *PageService) Get(ctx context.Context, id string, options ...Option) (*Page, error) {
	return one[Page](ctx, s.core, get("pages", id), options)
}

// Update changes the fields that are named.
func (s *PageService) Update(ctx context.Context, id string, change PageChange, options ...Option) (*Page, error) {
	return one[Page](ctx, s.core, put(change, "pages", id), options)
}

// Delete deletes a page and its sections; the monitors stay.
func (s *PageService) Delete(ctx context.Context, id string, options ...Option) error {
	return none(ctx, s.core, remove("pages", id), options)
}
