import type { ListQuery, Moment, Named, Reason, Status, TimesQuery, WindowQuery } from "./words.js";

export type Kind =
  | "dns" | "domain" | "game" | "group" | "grpc" | "heartbeat" | "http" | "manual" | "mongodb"
  | "mqtt" | "ntp" | "ping" | "redis" | "smtp" | "sql" | "ssh" | "statuspage" | "steps" | "tcp"
  | "tls" | "udp" | "websocket";

/** Those of a kind: the manual has a page for each. Stored secrets show as `***`. */
export type Settings = Record<string, unknown>;

/** A monitor: what was set, and how it is. Seconds, but for what ends in `_ms`, and `degraded_over`. */
export interface Monitor {
  id: string;
  slug: string;
  name: string;
  description: string;
  kind: string;
  settings: Settings;
  interval: number;
  cron: string | null;
  time_zone: string;
  timeout: number;
  to_fail: number;
  to_recover: number;
  retry_interval: number;
  degraded_over: number | null;
  tags: string[];
  paused: boolean;
  hidden: boolean;
  latency_hidden: boolean;
  /** Where a heartbeat reports to; only for keys that may write monitors. */
  heartbeat_url?: string | null;
  status: Status;
  confirmed: Status;
  observed: Status | null;
  reason: Reason | null;
  detail: string;
  since: Moment | null;
  checked_at: Moment | null;
  latency_ms: number | null;
  version: number;
  created_at: Moment;
  updated_at: Moment;
}

export interface MonitorInput {
  name: string;
  kind: Kind;
  slug?: string;
  description?: string;
  settings?: Settings;
  interval?: number;
  cron?: string | null;
  time_zone?: string;
  timeout?: number | null;
  to_fail?: number;
  to_recover?: number;
  retry_interval?: number;
  degraded_over?: number | null;
  tags?: string[];
  paused?: boolean;
  hidden?: boolean;
  latency_hidden?: boolean;
}

export interface MonitorChange extends Partial<MonitorInput> {
  version?: number | null;
}

/** A monitor that need not be stored; with the `id` of a stored one, changes of it. */
export interface TrialInput extends Partial<MonitorInput> {
  id?: string | null;
}

export interface Trial {
  status: Status;
  reason: Reason | null;
  detail: string;
  latency_ms: number | null;
  phases: Record<string, number>;
  facts: Record<string, string | number | boolean | string[] | null>;
  failed_assertions: string[];
}

/** What monitors have to be like: all of these `tag`s, every word of `q`. */
export interface MonitorFilter {
  kind?: string;
  paused?: boolean | null;
  status?: Status | null;
  tag?: string[];
  q?: string;
}

export type MonitorOrder = "created" | "name" | "updated";

export interface MonitorQuery extends ListQuery, MonitorFilter {
  fields?: (keyof Monitor)[];
  sort?: MonitorOrder | `-${MonitorOrder}`;
}

export type Action = "pause" | "resume" | "check" | "tag" | "untag" | "delete";

export interface BulkInput {
  action: Action;
  ids?: string[] | null;
  filter?: MonitorFilter | null;
  tags?: string[] | null;
}

export interface LeftAlone {
  id: string;
  code: string;
  message: string;
}

export interface BulkDone {
  action: Action;
  changed: Named[];
  unchanged: Named[];
  refused: LeftAlone[];
}

/** A status as somebody tells it. */
export interface StatusInput {
  status: "up" | "degraded" | "down" | "unknown";
  message?: string;
  expires_in?: number | null;
  expires_at?: Moment | Date | null;
}

export interface ResultsQuery extends ListQuery, TimesQuery {
  status?: "up" | "degraded" | "down" | "unknown";
}

export interface Result {
  at: Moment;
  location: string | null;
  status: Status;
  latency_ms: number | null;
  reason: Reason | null;
  detail: string;
}

export interface SpansQuery extends ListQuery, TimesQuery {}

export interface Span {
  status: Status;
  reason: Reason | null;
  detail: string;
  from: Moment;
  to: Moment | null;
  seconds: number;
}

export interface UptimeQuery extends WindowQuery {
  days?: boolean;
  time_zone?: string;
}

/** A local day, as far as it lies in the window. */
export interface Day {
  uptime: number | null;
  seconds: Partial<Record<Status, number>>;
  date: string;
  from: Moment;
  to: Moment;
  status: Status;
}

/** Percent, null when nothing was watched; and the seconds of each status. */
export interface Uptime {
  uptime: number | null;
  seconds: Partial<Record<Status, number>>;
  from: Moment;
  to: Moment;
  outages: number;
  time_zone?: string;
  days?: Day[];
}

export interface LatencyQuery extends WindowQuery {
  percentiles?: number[];
}

export interface LatencyPoint {
  count: number;
  average_ms: number | null;
  min_ms: number | null;
  max_ms: number | null;
  percentiles: Record<string, number | null>;
  at: Moment;
}

export interface Latency extends Omit<LatencyPoint, "at"> {
  from: Moment;
  to: Moment;
  step: number;
  points: LatencyPoint[];
}
