/** ISO 8601 in UTC. */
export type Moment = string;
export type Status = "up" | "degraded" | "partial" | "down" | "maintenance" | "unknown";
export type Verdict = "none" | "minor" | "major" | "critical" | "maintenance" | "unknown";
export type Impact = "none" | "minor" | "major" | "critical";
export type Phase = "investigating" | "identified" | "monitoring" | "resolved" | "postmortem";
export type WindowStatus = "scheduled" | "in_progress" | "completed" | "cancelled";
export type Reason =
  | "timeout" | "dns_failed" | "refused" | "tls_failed" | "unreachable" | "blocked" | "mismatch"
  | "slow" | "expiring" | "expired" | "members" | "missed" | "reported" | "waiting" | "paused"
  | "silent" | "secret_lost" | "not_supported" | "offline" | "internal_error";

/** A monitor by its names. */
export interface Named {
  id: string;
  slug: string;
  name: string;
}

/** What was deleted. */
export interface Gone {
  id: string;
}

/** What every list takes: rows in a part (500 at most), and where to go on. */
export interface ListQuery {
  limit?: number;
  cursor?: string;
}

/** From when to when. */
export interface TimesQuery {
  from?: Moment | Date;
  to?: Moment | Date;
}

/** The same, or a window that ends now. */
export interface WindowQuery extends TimesQuery {
  window?: "24h" | "7d" | "30d" | "90d" | "1y";
}
