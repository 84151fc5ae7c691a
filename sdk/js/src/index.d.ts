import type { Me } from "./types/admin.js";
import type * as resources from "./types/resources.js";
import type { WebhookMessage } from "./types/webhooks.js";

export type * from "./types/admin.js";
export type * from "./types/incidents.js";
export type * from "./types/maintenances.js";
export type * from "./types/monitors.js";
export type * from "./types/pages.js";
export type * from "./types/status.js";
export type * from "./types/webhooks.js";
export type * from "./types/words.js";
export type {
  ChangeOptions, DeedOptions, List, OpenList, Options, ReportOptions,
} from "./types/resources.js";

export interface KenerOptions {
  /** Where Kener is; by default KENER_URL of the environment. */
  url?: string;
  /** By default KENER_API_KEY of the environment. Never in a web page: everybody would have it. */
  key?: string;
  /** Seconds for one try; 30. */
  timeout?: number;
  /** Tries after the first; 3. */
  retries?: number;
  /** The longest Retry-After, in seconds, that is waited for; 60. */
  maxWait?: number;
  fetch?: typeof fetch;
}

export class Kener {
  constructor(options?: KenerOptions);
  /** The ETag that a document came with, to be sent as `ifMatch`. */
  etagOf(document: object): string | undefined;
  monitors: resources.Monitors;
  incidents: resources.Incidents;
  incidentTemplates: resources.IncidentTemplates;
  maintenances: resources.Maintenances;
  windows: resources.Windows;
  pages: resources.Pages;
  keys: resources.Keys;
  secrets: resources.Secrets;
  settings: resources.SettingsOfKener;
  webhooks: resources.Webhooks;
  status: resources.StatusOfAll;
  me: { get(options?: resources.Options): Promise<Me> };
  openapi: { json(options?: resources.Options): Promise<Record<string, unknown>> };
  heartbeat: resources.Heartbeat;
  push: resources.Push;
}

export interface ErrorDetail {
  field: string;
  code: string;
  message: string;
}

export class KenerError extends Error {
  readonly status?: number;
  readonly code?: string;
  readonly details: ErrorDetail[];
  readonly requestId?: string;
  readonly retryAfter?: number;
}
export class ConnectionError extends KenerError {}
export class UnexpectedAnswer extends KenerError {}
export class SignatureError extends KenerError {}
export class InvalidRequest extends KenerError {}
export class Unauthorized extends KenerError {}
export class KeyExpired extends Unauthorized {}
export class KeyRevoked extends Unauthorized {}
export class Forbidden extends KenerError {}
export class NotFound extends KenerError {}
export class MethodNotAllowed extends KenerError {}
export class Conflict extends KenerError {}
export class IdempotencyConflict extends Conflict {}
export class PreconditionFailed extends KenerError {}
export class PayloadTooLarge extends KenerError {}
export class UnsupportedMediaType extends KenerError {}
export class RateLimited extends KenerError {}
export class InternalError extends KenerError {}
export class Unavailable extends KenerError {}

/** The message in the body of a webhook; SignatureError when it is not from Kener, or too old. */
export function verifyWebhook(
  body: string | Uint8Array | ArrayBuffer,
  headers: Headers | Record<string, string | string[] | undefined>,
  secret: string,
  options?: { tolerance?: number; now?: () => number },
): Promise<WebhookMessage>;
