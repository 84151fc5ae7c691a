package kener

// StepsSettings are what a monitor of kind steps checks: HTTP requests in order, with values taken
// from one answer for the requests after it.
type StepsSettings struct {
	// Variables: one “name=value” a line; steps write {{ name }}.
	Variables string `json:"variables,omitzero"`
	// SecretVariables: the same, kept encrypted and never shown again.
	SecretVariables string `json:"secret_variables,omitzero"`
	// Steps: one after the other; the first that fails ends it.
	Steps []Step `json:"steps,omitzero"`
	// ClientCertificate: ours, in PEM, with what belongs between it and its authority.
	ClientCertificate string `json:"client_certificate,omitzero"`
	// ClientKey: in PEM, without passphrase.
	ClientKey string `json:"client_key,omitzero"`
	// CACertificate: in PEM; trusted instead of the public ones.
	CACertificate string `json:"ca_certificate,omitzero"`
	// Proxy: like http://proxy.example:3128, socks5://… or socks5h://….
	Proxy         string `json:"proxy,omitzero"`
	ProxyUsername string `json:"proxy_username,omitzero"`
	ProxyPassword string `json:"proxy_password,omitzero"`
	// MaxRedirects: 5 if you do not say.
	MaxRedirects Opt[int] `json:"max_redirects,omitzero"`
	// VerifyTLS: if not, an invalid certificate is accepted; true if you do not say.
	VerifyTLS Opt[bool] `json:"verify_tls,omitzero"`
	// CertificateDays: degraded when fewer days are left; 0: never.
	CertificateDays int `json:"certificate_days,omitzero"`
	// MaxKB: what comes after is not read; 256 if you do not say.
	MaxKB int `json:"max_kb,omitzero"`
	// IPVersion: one of auto, ipv4, ipv6; auto if you do not say.
	IPVersion string `json:"ip_version,omitzero"`
	// HTTP2: over TLS; the server chooses.
	HTTP2 bool `json:"http2,omitzero"`
}

// Step is part of what a monitor of kind steps checks. One request, what its answer must be, and
// what is taken from it.
type Step struct {
	// Name: told when the step fails.
	Name string `json:"name,omitzero"`
	// Method: one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS; GET if you do not say.
	Method string `json:"method,omitzero"`
	// URL: variables may stand in its path and query.
	URL string `json:"url"`
	// AcceptedStatuses: statuses and ranges, like 200-299,401; 200-299 if you do not say.
	AcceptedStatuses string `json:"accepted_statuses,omitzero"`
	// Headers: one “Name: value” a line.
	Headers string `json:"headers,omitzero"`
	// BodyType: a form is written as one “name=value” a line; one of raw, json, form; raw if you
	// do not say.
	BodyType string `json:"body_type,omitzero"`
	// Body: sent with the request.
	Body string `json:"body,omitzero"`
	// FollowRedirects: if not, the status of the redirect itself is judged; true if you do not
	// say.
	FollowRedirects Opt[bool] `json:"follow_redirects,omitzero"`
	// Captures: values taken from the answer for later steps.
	Captures []Capture `json:"captures,omitzero"`
	// Assertions: what must be true of the answer.
	Assertions []Assertion `json:"assertions,omitzero"`
}

// Capture is part of what a monitor of kind steps checks. `source` names what of the answer
// becomes the variable.
type Capture struct {
	// Name: later steps write {{ name }}.
	Name string `json:"name"`
	// Source: json:$.token, regex:id=(\d+), header:location, cookie:session, body, status.
	Source string `json:"source"`
}

// Assertion is what must be true of an answer: `source` names what is looked at (`status`,
// `header:etag`, `json:$.a`); `op` how it is compared with `value`; `severity` what it means when
// it is not so.
type Assertion struct {
	Source string `json:"source"`
	// Op: one of equals, not, contains, not_contains, matches, not_matches, <, <=, >, >=,
	// exists, in; equals if you do not say.
	Op    string `json:"op,omitzero"`
	Value any    `json:"value,omitzero"`
	// Severity: one of down, degraded; down if you do not say.
	Severity string `json:"severity,omitzero"`
}
