import type { ListQuery, Moment } from "./words.js";

export type Permission =
  | "read:monitors" | "write:monitors" | "delete:monitors"
  | "read:incidents" | "write:incidents" | "delete:incidents"
  | "read:maintenances" | "write:maintenances" | "delete:maintenances"
  | "read:secrets" | "write:secrets" | "delete:secrets"
  | "read:pages" | "write:pages" | "delete:pages"
  | "admin";

export type KeyState = "active" | "expired" | "revoked";

export interface Key {
  id: string;
  name: string;
  state: KeyState;
  permissions: string[];
  expires_at: Moment | null;
  addresses: string[];
  rate_limit: number | null;
  last_used_at: Moment | null;
  last_used_from: string | null;
  old_secret_until: Moment | null;
  revoked_at: Moment | null;
  version: number;
  created_at: Moment;
}

/** A key with its text, which is shown this once. */
export interface NewKey extends Key {
  key: string;
}

export interface KeyInput {
  name: string;
  permissions: Permission[];
  expires_at?: Moment | Date | null;
  addresses?: string[];
  rate_limit?: number | null;
}

export interface KeyChange extends Partial<KeyInput> {
  version?: number | null;
}

export interface KeyRotation {
  grace?: number;
  version?: number | null;
}

export interface KeyQuery extends ListQuery {
  state?: KeyState;
}

/** The key that asks. */
export interface Me {
  id: string;
  name: string;
  permissions: string[];
  created_at: Moment;
  expires_at: Moment | null;
  addresses: string[];
  rate_limit: number;
}

export interface Secret {
  name: string;
  note: string;
  used_by: number;
  created_at: Moment;
  updated_at: Moment;
}

export interface SecretInput {
  value?: string | null;
  note?: string | null;
}

export interface SecretGone {
  name: string;
}

/** What the environment has settled. */
export interface Running {
  kener: string;
  url: string;
  page_url: string;
  database: string;
  redis: boolean;
  location: string;
  probes_in_flight: number;
  probes_per_host: number;
  publish_every: number;
  results_days: number;
  history_days: number;
  session_days: number;
  rate_limit: number;
  web_threads: number;
  log_level: string;
  log_format: string;
  trusted_proxies: string[];
  private_networks: string[];
  probe_denied_networks: string[];
  private_targets: string;
  deadman: boolean;
}

export interface ServerSettings {
  title: string;
  time_zone: string;
  version: number;
  running: Running;
}

export interface SettingsChange {
  title?: string;
  time_zone?: string;
  version?: number | null;
}
