import type { Impact, ListQuery, Moment, Named, Phase } from "./words.js";

export type MonitorImpact = "none" | "degraded" | "partial" | "down";

/** A monitor by its id or slug, and what is said of it: by default what the incident's impact says. */
export interface AffectedInput {
  id: string;
  impact?: MonitorImpact | null;
}

export interface Affected extends Named {
  impact: MonitorImpact | null;
}

export interface Update {
  id: string;
  status: Phase;
  message: string;
  at: Moment;
}

export interface UpdateInput {
  status: Phase;
  message: string;
  at?: Moment | Date | null;
  notify?: boolean;
  next_update_by?: Moment | Date | null;
}

export interface UpdateChange extends Partial<Omit<UpdateInput, "next_update_by">> {}

export interface Acknowledged {
  by: string;
  at: Moment;
  note: string;
}

export interface AcknowledgeInput {
  note?: string;
}

/** An incident with all that was said, the newest first. */
export interface Incident {
  id: string;
  title: string;
  status: Phase;
  impact: Impact;
  message: string;
  monitors: Affected[];
  updates: Update[];
  started_at: Moment | null;
  resolved_at: Moment | null;
  next_update_by: Moment | null;
  draft: boolean;
  acknowledged: Acknowledged | null;
  version: number;
  created_at: Moment;
  updated_at: Moment;
}

/** What can be said of an incident from its beginning to its end. */
export interface Account {
  title: string;
  impact?: Impact;
  monitors?: (AffectedInput | string)[];
  started_at?: Moment | Date | null;
  resolved_at?: Moment | Date | null;
  next_update_by?: Moment | Date | null;
  draft?: boolean;
  notify?: boolean;
}

/** A new incident; `template` is the id of what fills in what is not said, else a title is needed. */
export interface IncidentInput extends Partial<Account> {
  message?: string;
  status?: Phase;
  template?: string | null;
}

export interface IncidentChange extends Partial<Account> {
  version?: number | null;
}

export type IncidentOrder = "started" | "updated";

export interface IncidentQuery extends ListQuery {
  fields?: (keyof Incident)[];
  sort?: IncidentOrder | `-${IncidentOrder}`;
  status?: Phase;
  open?: boolean;
  draft?: boolean;
  impact?: Impact;
  monitor?: string;
  from?: Moment | Date;
  to?: Moment | Date;
}

export interface Template {
  id: string;
  name: string;
  title: string;
  message: string;
  status: Phase;
  impact: Impact;
  monitors: Affected[];
  version: number;
  created_at: Moment;
  updated_at: Moment;
}

export interface TemplateInput {
  name: string;
  title?: string;
  message?: string;
  status?: Phase;
  impact?: Impact;
  monitors?: (AffectedInput | string)[];
}

export interface TemplateChange extends Partial<TemplateInput> {
  version?: number | null;
}
