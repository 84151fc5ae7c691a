package kener

// PingSettings are what a monitor of kind ping checks: some packets, the share that is lost, and
// the mean round trip as latency.
type PingSettings struct {
	// Host: a name or an address.
	Host string `json:"host,omitzero"`
	// Count: how many to send, 0.2 s apart; 3 if you do not say.
	Count int `json:"count,omitzero"`
	// DownLoss: packets lost, in percent; 100 if you do not say.
	DownLoss int `json:"down_loss,omitzero"`
	// DegradedLoss: packets lost, in percent; 50 if you do not say.
	DegradedLoss int `json:"degraded_loss,omitzero"`
	// DownMS: mean round trip in ms; 0: never.
	DownMS float64 `json:"down_ms,omitzero"`
	// DegradedMS: mean round trip in ms; 0: never.
	DegradedMS float64 `json:"degraded_ms,omitzero"`
	// WaitSeconds: for late packets after the last was sent; 2.0 if you do not say.
	WaitSeconds float64 `json:"wait_s,omitzero"`
	// IPVersion: one of auto, ipv4, ipv6; auto if you do not say.
	IPVersion string `json:"ip_version,omitzero"`
}

// TcpSettings are what a monitor of kind tcp checks: connect; if wished, send something and look
// for an answer.
type TcpSettings struct {
	// Host: a name or an address.
	Host string `json:"host,omitzero"`
	Port int    `json:"port,omitzero"`
	// Encoding: text: \r, \n, \t, \0 and \xHH stand for those bytes; hex: two digits a byte; one
	// of text, hex; text if you do not say.
	Encoding string `json:"encoding,omitzero"`
	// Send: what is sent first.
	Send string `json:"send,omitzero"`
	// Expect: what must come, in the first 64 KB.
	Expect string `json:"expect,omitzero"`
	// TLS: encrypt the connection.
	TLS bool `json:"tls,omitzero"`
	// VerifyTLS: if not, an invalid certificate is accepted; true if you do not say.
	VerifyTLS Opt[bool] `json:"verify_tls,omitzero"`
	// ServerName: the name asked for by TLS and verified; empty: the host.
	ServerName string `json:"server_name,omitzero"`
	// CertificateDays: degraded when fewer days are left, in days; 0: never.
	CertificateDays int `json:"certificate_days,omitzero"`
	// IPVersion: one of auto, ipv4, ipv6; auto if you do not say.
	IPVersion string `json:"ip_version,omitzero"`
}

// UdpSettings are what a monitor of kind udp checks: send one packet, and wait for one.
type UdpSettings struct {
	// Host: a name or an address.
	Host string `json:"host,omitzero"`
	Port int    `json:"port,omitzero"`
	// Encoding: text: \r, \n, \t, \0 and \xHH stand for those bytes; hex: two digits a byte; one
	// of text, hex; text if you do not say.
	Encoding string `json:"encoding,omitzero"`
	// Send: what the packet holds; empty: an empty packet.
	Send string `json:"send,omitzero"`
	// Expect: what the answer must contain; empty: any will do.
	Expect string `json:"expect,omitzero"`
	// Answer: optional: silence is up as well, only a refusal or a wrong answer is down; one of
	// required, optional; required if you do not say.
	Answer string `json:"answer,omitzero"`
	// WaitSeconds: for an answer that is optional; 1.0 if you do not say.
	WaitSeconds float64 `json:"wait_s,omitzero"`
	// IPVersion: one of auto, ipv4, ipv6; auto if you do not say.
	IPVersion string `json:"ip_version,omitzero"`
}

// TlsSettings are what a monitor of kind tls checks: a handshake with any port that speaks TLS,
// from the start or when asked; nothing is sent over it.
type TlsSettings struct {
	// Host: a name or an address.
	Host string `json:"host,omitzero"`
	// Port: for STARTTLS the one of the protocol, like 25; 443 if you do not say.
	Port int `json:"port,omitzero"`
	// StartTLS: the protocol in which TLS is asked for; none: TLS from the start; one of none,
	// smtp, imap, pop3, ftp, postgres, xmpp; none if you do not say.
	StartTLS string `json:"starttls,omitzero"`
	// ServerName: the name the certificate must be for; empty: the host.
	ServerName string `json:"server_name,omitzero"`
	// DegradedDays: days left; 0: never; 14 if you do not say.
	DegradedDays Opt[int] `json:"degraded_days,omitzero"`
	// DownDays: days left; 0: only once it has expired.
	DownDays int `json:"down_days,omitzero"`
	// VerifyTLS: if not, only the days left are judged; true if you do not say.
	VerifyTLS Opt[bool] `json:"verify_tls,omitzero"`
	// MinimumVersion: down when the server speaks only an older one; one of 1.2, 1.3; 1.2 if you
	// do not say.
	MinimumVersion string `json:"minimum_version,omitzero"`
	// IPVersion: one of auto, ipv4, ipv6; auto if you do not say.
	IPVersion string `json:"ip_version,omitzero"`
}

// DnsSettings are what a monitor of kind dns checks: one question to the resolver it is told to
// ask.
type DnsSettings struct {
	// Name: like example.org; of PTR an address is fine.
	Name string `json:"name,omitzero"`
	// RecordType: like A, MX, TXT or TYPE65280; A if you do not say.
	RecordType string `json:"record_type,omitzero"`
	// Expected: one a line; empty: any answer will do.
	Expected string `json:"expected,omitzero"`
	// Match: any: one of the values is in the answer; all: each of them is; exact: and nothing
	// else; one of any, all, exact; any if you do not say.
	Match string `json:"match,omitzero"`
	// Resolver: address with an optional :port, or https://… for DoH; empty: this machine's.
	Resolver string `json:"resolver,omitzero"`
	// Transport: an answer too long for UDP is fetched again by TCP; tls: DoT; https: DoH; one
	// of udp, tcp, tls, https; udp if you do not say.
	Transport string `json:"transport,omitzero"`
	// ServerName: the name that the certificate of a DoT resolver must be for; empty: its own.
	ServerName string `json:"server_name,omitzero"`
	// VerifyTLS: if not, an invalid certificate is accepted; true if you do not say.
	VerifyTLS Opt[bool] `json:"verify_tls,omitzero"`
	// ExpectedRCode: NXDOMAIN: the name must not exist; any: whichever; one of NOERROR,
	// NXDOMAIN, SERVFAIL, REFUSED, FORMERR, NOTIMP, YXDOMAIN, YXRRSET, NXRRSET, NOTAUTH,
	// NOTZONE, DSOTYPENI, BADVERS, BADKEY, BADTIME, BADMODE, BADNAME, BADALG, BADTRUNC,
	// BADCOOKIE, any; NOERROR if you do not say.
	ExpectedRCode string `json:"expected_rcode,omitzero"`
	// DNSSEC: required: the resolver must say that it has verified the answer (AD); one of
	// ignore, required; ignore if you do not say.
	DNSSEC string `json:"dnssec,omitzero"`
	// Assertions: what must be true of the answer.
	Assertions []Assertion `json:"assertions,omitzero"`
}

// DomainSettings are what a monitor of kind domain checks: the registry is asked by RDAP, once a
// day.
type DomainSettings struct {
	// Domain: the registered name, like example.org.
	Domain string `json:"domain,omitzero"`
	// DegradedDays: days left; 0: never; 30 if you do not say.
	DegradedDays Opt[int] `json:"degraded_days,omitzero"`
	// DownDays: days left; 0: only once it has ended; 7 if you do not say.
	DownDays Opt[int] `json:"down_days,omitzero"`
}

// NtpSettings are what a monitor of kind ntp checks: one question of NTP version 4; the latency is
// the round trip.
type NtpSettings struct {
	// Host: a name or an address.
	Host string `json:"host,omitzero"`
	// Port: 123 if you do not say.
	Port int `json:"port,omitzero"`
	// DegradedOffsetMS: difference of the clocks in ms; 0: never; 100 if you do not say.
	DegradedOffsetMS Opt[float64] `json:"degraded_offset_ms,omitzero"`
	// DownOffsetMS: difference of the clocks in ms; 0: never.
	DownOffsetMS float64 `json:"down_offset_ms,omitzero"`
	// MaxStratum: down when the server is further away from a true clock; 15 if you do not say.
	MaxStratum int `json:"max_stratum,omitzero"`
	// IPVersion: one of auto, ipv4, ipv6; auto if you do not say.
	IPVersion string `json:"ip_version,omitzero"`
}
