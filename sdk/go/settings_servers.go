package kener

// SqlSettings are what a monitor of kind sql checks: connect, run one query that can only read,
// judge its first value.
type SqlSettings struct {
	// DSN: like postgresql://user:password@db.example:5432/shop; a password may be {{
	// secret.NAME }}.
	DSN string `json:"dsn,omitzero"`
	// Query: one statement that reads; SELECT 1 if you do not say.
	Query string `json:"query,omitzero"`
	// Assertions: what must be true of the answer.
	Assertions []Assertion `json:"assertions,omitzero"`
	// IPVersion: one of auto, ipv4, ipv6; auto if you do not say.
	IPVersion string `json:"ip_version,omitzero"`
}

// RedisSettings are what a monitor of kind redis checks: connect, sign in, run one command that
// reads.
type RedisSettings struct {
	// DSN: like rediss://user:password@cache.example:6379/0; a password may be {{ secret.NAME
	// }}.
	DSN string `json:"dsn,omitzero"`
	// Command: one that only reads, like PING, GET key, LLEN key or INFO memory; PING if you do
	// not say.
	Command string `json:"command,omitzero"`
	// Assertions: what must be true of the answer.
	Assertions []Assertion `json:"assertions,omitzero"`
	// VerifyTLS: if not, an invalid certificate is accepted; true if you do not say.
	VerifyTLS Opt[bool] `json:"verify_tls,omitzero"`
	// IPVersion: one of auto, ipv4, ipv6; auto if you do not say.
	IPVersion string `json:"ip_version,omitzero"`
}

// MongoDbSettings are what a monitor of kind mongodb checks: connect to one server, sign in, ping
// it or read.
type MongoDbSettings struct {
	// DSN: like mongodb://user:password@db.example:27017/shop?tls=true; a password may be {{
	// secret.NAME }}.
	DSN string `json:"dsn,omitzero"`
	// Command: one of ping, count, find_one; ping if you do not say.
	Command string `json:"command,omitzero"`
	// Collection: to count or find in.
	Collection string `json:"collection,omitzero"`
	// Filter: which documents, as JSON, like {"state": "open"}; {} if you do not say.
	Filter string `json:"filter,omitzero"`
	// Assertions: what must be true of the answer.
	Assertions []Assertion `json:"assertions,omitzero"`
	// VerifyTLS: if not, an invalid certificate is accepted; true if you do not say.
	VerifyTLS Opt[bool] `json:"verify_tls,omitzero"`
	// IPVersion: one of auto, ipv4, ipv6; auto if you do not say.
	IPVersion string `json:"ip_version,omitzero"`
}

// MqttSettings are what a monitor of kind mqtt checks: connect; publish and hear it back, or hear
// what others publish.
type MqttSettings struct {
	// DSN: like mqtts://user:password@broker.example:8883; a password may be {{ secret.NAME }}.
	DSN string `json:"dsn,omitzero"`
	// Mode: round_trip: a message of ours must come back; receive: the first message on the
	// topic is judged; connect: signing in is enough; one of round_trip, receive, connect;
	// round_trip if you do not say.
	Mode string `json:"mode,omitzero"`
	// Topic: empty: kener/ and something random; to receive, + and # may stand in it.
	Topic string `json:"topic,omitzero"`
	// QoS: 0, or 1: acknowledged.
	QoS int `json:"qos,omitzero"`
	// Assertions: what must be true of the answer.
	Assertions []Assertion `json:"assertions,omitzero"`
	// VerifyTLS: if not, an invalid certificate is accepted; true if you do not say.
	VerifyTLS Opt[bool] `json:"verify_tls,omitzero"`
	// IPVersion: one of auto, ipv4, ipv6; auto if you do not say.
	IPVersion string `json:"ip_version,omitzero"`
}

// SmtpSettings are what a monitor of kind smtp checks: a dialogue with a mail server (RFC 5321)
// that ends before DATA.
type SmtpSettings struct {
	// Host: a name or an address.
	Host string `json:"host,omitzero"`
	// Port: usually 587, 465 (TLS) or 25; 587 if you do not say.
	Port int `json:"port,omitzero"`
	// Security: starttls: asked for; tls: from the start; none: never; one of starttls, tls,
	// none; starttls if you do not say.
	Security string `json:"security,omitzero"`
	// Username: to log in; empty: not.
	Username string `json:"username,omitzero"`
	Password string `json:"password,omitzero"`
	// MailFrom: asks whether the server takes mail from this address.
	MailFrom string `json:"mail_from,omitzero"`
	// RcptTo: asks whether it takes mail for this address; nothing is sent.
	RcptTo string `json:"rcpt_to,omitzero"`
	// AcceptedCodes: of the answer to the last question, like 250,251; empty: any 2xx.
	AcceptedCodes string `json:"accepted_codes,omitzero"`
	// HELOName: how we introduce ourselves; empty: by our address.
	HELOName string `json:"helo_name,omitzero"`
	// AllowPlainLogin: anybody on the way can read the password then.
	AllowPlainLogin bool `json:"allow_plain_login,omitzero"`
	// VerifyTLS: if not, an invalid certificate is accepted; true if you do not say.
	VerifyTLS Opt[bool] `json:"verify_tls,omitzero"`
	// IPVersion: one of auto, ipv4, ipv6; auto if you do not say.
	IPVersion string `json:"ip_version,omitzero"`
}

// SshSettings are what a monitor of kind ssh checks: the server's banner, its host key, a login.
// Nothing is ever executed.
type SshSettings struct {
	// Host: a name or an address.
	Host string `json:"host,omitzero"`
	// Port: 22 if you do not say.
	Port int `json:"port,omitzero"`
	// Depth: the banner; the exchange of keys as well; a login as well; one of banner, host_key,
	// login; banner if you do not say.
	Depth string `json:"depth,omitzero"`
	// Banner: what it must contain, like OpenSSH.
	Banner string `json:"banner,omitzero"`
	// Fingerprints: fingerprints like SHA256:…, one a line; empty: any key is accepted.
	Fingerprints string `json:"fingerprints,omitzero"`
	Username     string `json:"username,omitzero"`
	// Password: only sent to a server with one of the host keys above.
	Password string `json:"password,omitzero"`
	// PrivateKey: in OpenSSH's or PEM form.
	PrivateKey string `json:"private_key,omitzero"`
	Passphrase string `json:"passphrase,omitzero"`
	// IPVersion: one of auto, ipv4, ipv6; auto if you do not say.
	IPVersion string `json:"ip_version,omitzero"`
}

// GameSettings are what a monitor of kind game checks: ask a game server for its status.
type GameSettings struct {
	// Protocol: source: all Source and most Steam games; one of source, minecraft,
	// minecraft_bedrock, ase, battlefield, doom3, gamespy1, gamespy2, gamespy3, gamespy4,
	// killingfloor, quake1, quake2, quake3, samp, unreal2, vcmp, warfork.
	Protocol string `json:"protocol,omitzero"`
	// Host: a name or an address.
	Host string `json:"host,omitzero"`
	// Port: the one for queries.
	Port int `json:"port,omitzero"`
	// Assertions: what must be true of the answer.
	Assertions []Assertion `json:"assertions,omitzero"`
	// IPVersion: one of auto, ipv4, ipv6; auto if you do not say.
	IPVersion string `json:"ip_version,omitzero"`
}
