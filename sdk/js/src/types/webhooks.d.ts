import type { Moment } from "./words.js";

export type EventName =
  | "monitor.down" | "monitor.degraded" | "monitor.up"
  | "incident.created" | "incident.updated" | "incident.resolved"
  | "maintenance.scheduled" | "maintenance.updated" | "maintenance.starting"
  | "maintenance.started" | "maintenance.completed" | "maintenance.cancelled"
  | "publish.failed" | "publish.recovered";

/** A receiver; `events` empty: all of them. */
export interface Webhook {
  id: string;
  name: string;
  url: string;
  events: string[];
  enabled: boolean;
  version: number;
  created_at: Moment;
  updated_at: Moment;
}

/** A receiver with its secret, which is shown this once. */
export interface NewWebhook extends Webhook {
  secret: string;
}

export interface WebhookInput {
  name: string;
  url: string;
  events?: EventName[];
  enabled?: boolean;
}

export interface WebhookChange extends Partial<WebhookInput> {
  version?: number | null;
}

export interface Attempt {
  at: Moment;
  took_ms: number;
  status_code: number | null;
  error: string;
}

export interface FullAttempt extends Attempt {
  answer: string;
}

export type DeliveryState = "pending" | "delivered" | "exhausted";

export interface DeliverySummary {
  id: string;
  event: string;
  sequence: number;
  state: DeliveryState;
  attempts: number;
  next_attempt_at: Moment | null;
  created_at: Moment;
  finished_at: Moment | null;
  log: Attempt[];
}

export interface Delivery extends DeliverySummary {
  body: Record<string, unknown>;
  log: FullAttempt[];
}

/** What a webhook sends. More fields may come. */
export interface WebhookMessage {
  event: EventName | "webhook.test";
  timestamp: Moment;
  data: { id: string; sequence: number; [field: string]: unknown };
}
