package kener

// Status is what a monitor is.
type Status string

// Statuses. StatusPartial and StatusMaintenance are only displayed.
const (
	StatusUp          Status = "up"
	StatusDegraded    Status = "degraded"
	StatusPartial     Status = "partial"
	StatusDown        Status = "down"
	StatusMaintenance Status = "maintenance"
	StatusUnknown     Status = "unknown"
)

// Reason is why a monitor is not up.
type Reason string

// Reasons.
const (
	ReasonTimeout       Reason = "timeout"
	ReasonDNSFailed     Reason = "dns_failed"
	ReasonRefused       Reason = "refused"
	ReasonTLSFailed     Reason = "tls_failed"
	ReasonUnreachable   Reason = "unreachable"
	ReasonBlocked       Reason = "blocked"
	ReasonMismatch      Reason = "mismatch"
	ReasonSlow          Reason = "slow"
	ReasonExpiring      Reason = "expiring"
	ReasonExpired       Reason = "expired"
	ReasonMembers       Reason = "members"
	ReasonMissed        Reason = "missed"
	ReasonReported      Reason = "reported"
	ReasonWaiting       Reason = "waiting"
	ReasonPaused        Reason = "paused"
	ReasonSilent        Reason = "silent"
	ReasonSecretLost    Reason = "secret_lost"
	ReasonNotSupported  Reason = "not_supported"
	ReasonOffline       Reason = "offline"
	ReasonInternalError Reason = "internal_error"
)

// Impact is how much an incident hurts.
type Impact string

// Impacts.
const (
	ImpactNone     Impact = "none"
	ImpactMinor    Impact = "minor"
	ImpactMajor    Impact = "major"
	ImpactCritical Impact = "critical"
)

// Phase is how far an incident has come.
type Phase string

// Phases, in their order.
const (
	PhaseInvestigating Phase = "investigating"
	PhaseIdentified    Phase = "identified"
	PhaseMonitoring    Phase = "monitoring"
	PhaseResolved      Phase = "resolved"
	PhasePostmortem    Phase = "postmortem"
)

// Verdict is a whole page in a word.
type Verdict string

// Verdicts. VerdictNone: all is well.
const (
	VerdictNone        Verdict = "none"
	VerdictMinor       Verdict = "minor"
	VerdictMajor       Verdict = "major"
	VerdictCritical    Verdict = "critical"
	VerdictMaintenance Verdict = "maintenance"
	VerdictUnknown     Verdict = "unknown"
)

// WindowStatus is how far planned work has come.
type WindowStatus string

// Statuses of windows, and of maintenance.
const (
	WindowScheduled  WindowStatus = "scheduled"
	WindowInProgress WindowStatus = "in_progress"
	WindowCompleted  WindowStatus = "completed"
	WindowCancelled  WindowStatus = "cancelled"
)

// Font is what a page is set in.
type Font string

// Fonts. FontOurs: in Kener's own typeface.
const (
	FontOurs   Font = ""
	FontSystem Font = "system"
	FontSerif  Font = "serif"
)

// Theme is how light a page is.
type Theme string

// Themes. ThemeAuto: as the visitor's system says.
const (
	ThemeAuto  Theme = "auto"
	ThemeLight Theme = "light"
	ThemeDark  Theme = "dark"
)

// Visibility is who may see a page.
type Visibility string

// Visibilities.
const (
	VisibilityPublic  Visibility = "public"
	VisibilityPrivate Visibility = "private"
)

// KeyState is whether a key opens anything.
type KeyState string

// States of keys.
const (
	KeyActive  KeyState = "active"
	KeyExpired KeyState = "expired"
	KeyRevoked KeyState = "revoked"
)

// DeliveryState is what has become of a delivery.
type DeliveryState string

// States of deliveries.
const (
	DeliveryPending   DeliveryState = "pending"
	DeliveryDelivered DeliveryState = "delivered"
	DeliveryExhausted DeliveryState = "exhausted"
)

// Action is what can be done to many monitors.
type Action string

// Actions.
const (
	ActionPause  Action = "pause"
	ActionResume Action = "resume"
	ActionCheck  Action = "check"
	ActionTag    Action = "tag"
	ActionUntag  Action = "untag"
	ActionDelete Action = "delete"
)
