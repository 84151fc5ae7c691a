package kener

// ListQuery says which part of a list: up to Limit rows (500 at most, and if you do not say), from
// Cursor on.
type ListQuery struct {
	Limit  int    `query:"limit"`
	Cursor string `query:"cursor"`
}

// Named is a monitor by its names.
type Named struct {
	ID   string `json:"id"`
	Slug string `json:"slug"`
	Name string `json:"name"`
}

// Refusal is why something was not done, as it stands in an answer; it comes as an Error.
type Refusal struct {
	Code    string        `json:"code"`
	Message string        `json:"message"`
	Details []ErrorDetail `json:"details"`
}

// ErrorDetail is what is wrong with one field, like "settings.port" or "monitors.0.id". Code is for
// programs, like "required", "taken" or "invalid".
type ErrorDetail struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}
