package kener

// HeartbeatSettings are what a monitor of kind heartbeat checks: a job of yours calls an address
// of ours; we notice when it does not.
type HeartbeatSettings struct {
	// Schedule: every period, or by a cron expression; one of period, cron; period if you do not
	// say.
	Schedule string `json:"schedule,omitzero"`
	// Period: how often a report is expected; 3600 if you do not say.
	Period int `json:"period,omitzero"`
	// Cron: when the job runs, like 0 3 * * *; with the schedule “cron”.
	Cron string `json:"cron,omitzero"`
	// TimeZone: of the cron expression, like Europe/Berlin; UTC if you do not say.
	TimeZone string `json:"time_zone,omitzero"`
	// Grace: how much later it may come; 300 if you do not say.
	Grace Opt[int] `json:"grace,omitzero"`
	// MaxRunTime: a run that takes longer is degraded; 0: any length is fine. Counted from a
	// report to /start.
	MaxRunTime int `json:"max_run_time,omitzero"`
	// PushToken: if a job calls /api/push/<token> already: that token, so it need not change.
	PushToken string `json:"push_token,omitzero"`
}

// ManualSettings are what a monitor of kind manual checks: nothing is looked at: the API or a
// person says how it is.
type ManualSettings struct {
	// ExpiresIn: then it is unknown; 0: until the next one. For statuses that do not say
	// themselves how long they hold.
	ExpiresIn int `json:"expires_in,omitzero"`
}

// GroupSettings are what a monitor of kind group checks: a monitor made of others. It follows them
// at once, and has no network of its own.
type GroupSettings struct {
	// Members: monitors or groups that are summed up.
	Members []string `json:"members,omitzero"`
	// Rule: as its worst member, or judged by the share of members that are down; one of worst,
	// share; worst if you do not say.
	Rule string `json:"rule,omitzero"`
	// DownShare: with the rule “share”: percent of the members that must be down; 50 if you do
	// not say.
	DownShare int `json:"down_share,omitzero"`
	// DegradedShare: with the rule “share”: percent of the members that are not up; 0: any.
	DegradedShare int `json:"degraded_share,omitzero"`
}
