package kener

// HttpSettings are what a monitor of kind http checks: one request, redirects followed by us, the
// answer judged.
type HttpSettings struct {
	// URL: begins with http:// or https://.
	URL string `json:"url,omitzero"`
	// Method: one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS; GET if you do not say.
	Method string `json:"method,omitzero"`
	// AcceptedStatuses: statuses and ranges, like 200-299,401; 200-299 if you do not say.
	AcceptedStatuses string `json:"accepted_statuses,omitzero"`
	// Keyword: text to look for in the answer.
	Keyword string `json:"keyword,omitzero"`
	// KeywordMode: one of present, absent; present if you do not say.
	KeywordMode string `json:"keyword_mode,omitzero"`
	// Assertions: what must be true of the answer.
	Assertions []Assertion `json:"assertions,omitzero"`
	// Headers: one “Name: value” a line.
	Headers string `json:"headers,omitzero"`
	// SecretHeaders: the same, kept encrypted and never shown again; for API keys.
	SecretHeaders string `json:"secret_headers,omitzero"`
	// BodyType: a form is written as one “name=value” a line; one of raw, json, form; raw if you
	// do not say.
	BodyType string `json:"body_type,omitzero"`
	// Body: sent with the request.
	Body string `json:"body,omitzero"`
	// ContentType: empty: that of its type; of a raw body JSON when it is, else plain text.
	ContentType string `json:"content_type,omitzero"`
	// Username: for basic authentication.
	Username string `json:"username,omitzero"`
	Password string `json:"password,omitzero"`
	// BearerToken: sent as “Authorization: Bearer …”.
	BearerToken string `json:"bearer_token,omitzero"`
	// OAuthTokenURL: where to get an access token by client credentials.
	OAuthTokenURL     string `json:"oauth_token_url,omitzero"`
	OAuthClientID     string `json:"oauth_client_id,omitzero"`
	OAuthClientSecret string `json:"oauth_client_secret,omitzero"`
	OAuthScope        string `json:"oauth_scope,omitzero"`
	OAuthAudience     string `json:"oauth_audience,omitzero"`
	// OAuthMethod: basic: in a header; post: in the form; one of basic, post; basic if you do
	// not say.
	OAuthMethod string `json:"oauth_method,omitzero"`
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
	// FollowRedirects: if not, the status of the redirect itself is judged; true if you do not
	// say.
	FollowRedirects Opt[bool] `json:"follow_redirects,omitzero"`
	// MaxRedirects: 5 if you do not say.
	MaxRedirects Opt[int] `json:"max_redirects,omitzero"`
	// VerifyTLS: if not, an invalid certificate is accepted; true if you do not say.
	VerifyTLS Opt[bool] `json:"verify_tls,omitzero"`
	// CertificateDays: degraded when fewer days are left; 0: never.
	CertificateDays int `json:"certificate_days,omitzero"`
	// CertificateDownDays: down when fewer days are left; 0: only once it has expired.
	CertificateDownDays int `json:"certificate_down_days,omitzero"`
	// MaxKB: what comes after is not read; 256 if you do not say.
	MaxKB int `json:"max_kb,omitzero"`
	// IPVersion: one of auto, ipv4, ipv6; auto if you do not say.
	IPVersion string `json:"ip_version,omitzero"`
	// HTTP2: over TLS; the server chooses.
	HTTP2 bool `json:"http2,omitzero"`
}

// WebSocketSettings are what a monitor of kind websocket checks: the opening handshake (RFC 6455);
// if wanted a message, an answer to it, and a ping.
type WebSocketSettings struct {
	// URL: begins with ws:// or wss://.
	URL string `json:"url,omitzero"`
	// Send: a text message to send first.
	Send string `json:"send,omitzero"`
	// Expect: what a message must be like.
	Expect string `json:"expect,omitzero"`
	// ExpectMode: matches: a regular expression; one of contains, equals, matches; contains if
	// you do not say.
	ExpectMode string `json:"expect_mode,omitzero"`
	// MaxMessages: the expected one must be among the first that come; 10 if you do not say.
	MaxMessages int `json:"max_messages,omitzero"`
	// Ping: send a ping and wait for the pong.
	Ping bool `json:"ping,omitzero"`
	// Subprotocols: to offer, with commas between; the server must choose one of them.
	Subprotocols string `json:"subprotocols,omitzero"`
	// Headers: one “Name: value” a line.
	Headers string `json:"headers,omitzero"`
	// SecretHeaders: the same, kept encrypted and never shown again.
	SecretHeaders string `json:"secret_headers,omitzero"`
	// Username: for basic authentication.
	Username string `json:"username,omitzero"`
	Password string `json:"password,omitzero"`
	// BearerToken: sent as “Authorization: Bearer …”.
	BearerToken string `json:"bearer_token,omitzero"`
	// VerifyTLS: if not, an invalid certificate is accepted; true if you do not say.
	VerifyTLS Opt[bool] `json:"verify_tls,omitzero"`
	// IPVersion: one of auto, ipv4, ipv6; auto if you do not say.
	IPVersion string `json:"ip_version,omitzero"`
}

// StatusPageSettings are what a monitor of kind statuspage checks: a page in Atlassian's form: the
// whole of it, or some components.
type StatusPageSettings struct {
	// URL: like https://status.example.org, or all of the address of its summary.json.
	URL string `json:"url,omitzero"`
	// Components: names or ids, one a line; empty: the whole page.
	Components string `json:"components,omitzero"`
	// Partial: of a component; for the whole page: the indicator “major”; one of degraded, down;
	// degraded if you do not say.
	Partial string `json:"partial,omitzero"`
	// Maintenance: while planned work is going on; one of up, degraded, down; up if you do not
	// say.
	Maintenance string `json:"maintenance,omitzero"`
	// VerifyTLS: if not, an invalid certificate is accepted; true if you do not say.
	VerifyTLS Opt[bool] `json:"verify_tls,omitzero"`
	// IPVersion: one of auto, ipv4, ipv6; auto if you do not say.
	IPVersion string `json:"ip_version,omitzero"`
}

// GrpcSettings are what a monitor of kind grpc checks: one call of the standard health service,
// grpc.health.v1, over HTTP/2.
type GrpcSettings struct {
	// Host: a name or an address.
	Host string `json:"host,omitzero"`
	// Port: 50051 if you do not say.
	Port int `json:"port,omitzero"`
	// Service: its full name, like shop.v1.Cart; empty: the server as a whole.
	Service string `json:"service,omitzero"`
	// TLS: encrypt the connection.
	TLS bool `json:"tls,omitzero"`
	// BearerToken: sent as “authorization: Bearer …”.
	BearerToken string `json:"bearer_token,omitzero"`
	// Metadata: one “name: value” a line.
	Metadata string `json:"metadata,omitzero"`
	// ServerName: the name to call it by, also in the certificate; empty: the host.
	ServerName string `json:"server_name,omitzero"`
	// VerifyTLS: if not, an invalid certificate is accepted; true if you do not say.
	VerifyTLS Opt[bool] `json:"verify_tls,omitzero"`
	// IPVersion: one of auto, ipv4, ipv6; auto if you do not say.
	IPVersion string `json:"ip_version,omitzero"`
}
