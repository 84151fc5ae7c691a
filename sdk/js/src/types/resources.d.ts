import type * as admin from "./admin.js";
import type * as incidents from "./incidents.js";
import type * as maintenances from "./maintenances.js";
import type * as monitors from "./monitors.js";
import type * as pages from "./pages.js";
import type * as status from "./status.js";
import type * as webhooks from "./webhooks.js";
import type { Gone, ListQuery } from "./words.js";

/** Of any request. */
export interface Options {
  /** Ends it, and any further try. */
  signal?: AbortSignal | undefined;
  /** Tries after the first; by default as the client says. */
  retries?: number;
  /** Comes back in the answer and stands in Kener's log. */
  requestId?: string;
}

/** Of a request that changes something. */
export interface ChangeOptions extends Options {
  /** Only if it is still as it was when it had this ETag (`kener.etagOf`): else PreconditionFailed. */
  ifMatch?: string | undefined;
  ifNoneMatch?: string | undefined;
}

/** Of a request that makes or does something: tried again, it is still done once. */
export interface DeedOptions extends ChangeOptions {
  idempotencyKey?: string;
}

export interface Page<Row> {
  data: Row[];
  limit: number;
  /** The cursor of the next part; null at the end. */
  next: string | null;
  total: number;
}

/** A list that is fetched part by part as one goes through it. */
export interface List<Row, Part = Page<Row>> extends AsyncIterable<Row> {
  page(cursor?: string): Promise<Part>;
  all(): Promise<Row[]>;
}

/** One that nobody counts. */
export type OpenList<Row> = List<Row, Omit<Page<Row>, "total">>;

interface Changing<Document, Change> {
  get(id: string, options?: Options): Promise<Document>;
  /** Fields that are not named keep their value. */
  update(id: string, change: Change, options?: ChangeOptions): Promise<Document>;
  /** The same. */
  patch(id: string, change: Change, options?: ChangeOptions): Promise<Document>;
}

interface Resource<Document, Input, Change, Query = ListQuery, Row = Document>
  extends Changing<Document, Change> {
  list(query?: Query, options?: Options): List<Row>;
  create(input: Input, options?: DeedOptions): Promise<Document>;
  delete(id: string, options?: ChangeOptions): Promise<Gone>;
}

type Deed<Document> = (id: string, options?: DeedOptions) => Promise<Document>;
type DeedWith<Input, Document> = (id: string, input: Input, options?: DeedOptions) => Promise<Document>;

export interface Monitors
  extends Resource<monitors.Monitor, monitors.MonitorInput, monitors.MonitorChange, monitors.MonitorQuery> {
  check: Deed<monitors.Monitor>;
  pause: Deed<monitors.Monitor>;
  resume: Deed<monitors.Monitor>;
  /** Say how a manual monitor is. */
  status: DeedWith<monitors.StatusInput, monitors.Monitor>;
  results(id: string, query?: monitors.ResultsQuery, options?: Options): OpenList<monitors.Result>;
  spans(id: string, query?: monitors.SpansQuery, options?: Options): OpenList<monitors.Span>;
  uptime(id: string, query?: monitors.UptimeQuery, options?: Options): Promise<monitors.Uptime>;
  latency(id: string, query?: monitors.LatencyQuery, options?: Options): Promise<monitors.Latency>;
  /** Probe once, now; nothing is stored. */
  test(input: monitors.TrialInput, options?: DeedOptions): Promise<monitors.Trial>;
  bulk(input: monitors.BulkInput, options?: DeedOptions): Promise<monitors.BulkDone>;
}

export interface Updates {
  list(incident: string, query?: ListQuery, options?: Options): List<incidents.Update>;
  create(incident: string, input: incidents.UpdateInput, options?: DeedOptions): Promise<incidents.Incident>;
  get(incident: string, update: string, options?: Options): Promise<incidents.Update>;
  update(incident: string, update: string, change: incidents.UpdateChange, options?: ChangeOptions): Promise<incidents.Update>;
  patch(incident: string, update: string, change: incidents.UpdateChange, options?: ChangeOptions): Promise<incidents.Update>;
  delete(incident: string, update: string, query?: { notify?: boolean }, options?: ChangeOptions): Promise<Gone>;
}

export interface Incidents
  extends Resource<incidents.Incident, incidents.IncidentInput, incidents.IncidentChange, incidents.IncidentQuery> {
  updates: Updates;
  acknowledge: {
    (id: string, input?: incidents.AcknowledgeInput, options?: DeedOptions): Promise<incidents.Incident>;
    /** Take it back. */
    delete(id: string, options?: ChangeOptions): Promise<incidents.Incident>;
  };
}

export type IncidentTemplates = Resource<
  incidents.Template, incidents.TemplateInput, incidents.TemplateChange
>;

export interface Maintenances
  extends Resource<
    maintenances.Maintenance, maintenances.MaintenanceInput, maintenances.MaintenanceChange,
    maintenances.MaintenanceQuery
  > {
  /** Cancel the open window and all to come. */
  cancel: Deed<maintenances.Maintenance>;
  windows: {
    list(id: string, query?: maintenances.WindowsQuery, options?: Options): List<maintenances.Window>;
  };
}

export interface Windows extends Changing<maintenances.Window, maintenances.WindowChange> {
  finish: Deed<maintenances.Window>;
  extend: DeedWith<maintenances.ExtendInput, maintenances.Window>;
  cancel: Deed<maintenances.Window>;
}

export type Pages = Resource<pages.Page, pages.PageInput, pages.PageChange, ListQuery, pages.PageSummary>;

export interface Keys
  extends Omit<Resource<admin.Key, admin.KeyInput, admin.KeyChange, admin.KeyQuery>, "create" | "delete"> {
  create(input: admin.KeyInput, options?: DeedOptions): Promise<admin.NewKey>;
  /** Revoke it for good. */
  delete(id: string, options?: ChangeOptions): Promise<admin.Key>;
  rotate(id: string, input?: admin.KeyRotation, options?: DeedOptions): Promise<admin.NewKey>;
}

export interface Secrets {
  list(query?: ListQuery, options?: Options): List<admin.Secret>;
  /** Make one, or replace its value or note. */
  update(name: string, input: admin.SecretInput, options?: ChangeOptions): Promise<admin.Secret>;
  patch(name: string, input: admin.SecretInput, options?: ChangeOptions): Promise<admin.Secret>;
  delete(name: string, options?: ChangeOptions): Promise<admin.SecretGone>;
}

export interface SettingsOfKener {
  get(options?: Options): Promise<admin.ServerSettings>;
  update(change: admin.SettingsChange, options?: ChangeOptions): Promise<admin.ServerSettings>;
  patch(change: admin.SettingsChange, options?: ChangeOptions): Promise<admin.ServerSettings>;
}

export interface Webhooks
  extends Omit<Resource<webhooks.Webhook, webhooks.WebhookInput, webhooks.WebhookChange>, "create"> {
  create(input: webhooks.WebhookInput, options?: DeedOptions): Promise<webhooks.NewWebhook>;
  test: Deed<webhooks.DeliverySummary>;
  /** Replace its secret. */
  secret: Deed<webhooks.NewWebhook>;
  deliveries: {
    list(webhook: string, query?: ListQuery, options?: Options): List<webhooks.DeliverySummary>;
    get(webhook: string, delivery: string, options?: Options): Promise<webhooks.Delivery>;
    redeliver(webhook: string, delivery: string, options?: DeedOptions): Promise<webhooks.DeliverySummary>;
  };
}

/** A report may carry a text: its first 10 KB are kept. */
export interface ReportOptions extends Options {
  body?: string;
}

export interface Noted {
  success: true;
  message: string;
}

export interface Heartbeat {
  /** A job is done. */
  (token: string, options?: ReportOptions): Promise<Noted>;
  get(token: string, options?: Options): Promise<Noted>;
  word: {
    /** What became of it: start, fail, log, or the exit code of what ran. */
    (token: string, word: string, options?: ReportOptions): Promise<Noted>;
    get(token: string, word: string, options?: Options): Promise<Noted>;
  };
}

export interface PushQuery {
  status?: string;
  msg?: string;
  ping?: string;
}

export interface Push {
  (token: string, query?: PushQuery, options?: Options): Promise<{ ok: boolean; msg?: string }>;
  get(token: string, query?: PushQuery, options?: Options): Promise<{ ok: boolean; msg?: string }>;
}

export interface StatusOfAll {
  get(query?: status.StatusQuery, options?: Options): Promise<status.PublicStatus>;
}
