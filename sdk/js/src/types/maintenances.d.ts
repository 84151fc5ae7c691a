import type { ListQuery, Moment, Named, WindowStatus } from "./words.js";

export type PlannedImpact = "maintenance" | "up" | "degraded" | "partial" | "down";

export interface PlannedInput {
  id: string;
  impact?: PlannedImpact;
}

export interface Planned extends Named {
  impact: PlannedImpact;
}

/** One occurrence of planned work. */
export interface Window {
  id: string;
  maintenance_id: string;
  status: WindowStatus;
  starts_at: Moment;
  ends_at: Moment;
  original_at: Moment;
  edited: boolean;
  version: number;
}

export interface WindowChange {
  starts_at?: Moment | Date | null;
  ends_at?: Moment | Date | null;
  version?: number | null;
}

export interface ExtendInput {
  minutes: number;
}

export interface WindowsQuery extends ListQuery {
  over?: boolean;
}

/** Planned work. `starts` is on the clocks of `time_zone`; minutes for `duration` and `reminders`. */
export interface Maintenance {
  id: string;
  title: string;
  message: string;
  status: WindowStatus;
  time_zone: string;
  starts: string;
  duration: number;
  rrule: string | null;
  exceptions: string[];
  monitors: Planned[];
  reminders: number[];
  notify: boolean;
  draft: boolean;
  window: Window | null;
  cancelled_at: Moment | null;
  version: number;
  created_at: Moment;
  updated_at: Moment;
}

export interface MaintenanceInput {
  title: string;
  starts: string;
  duration: number;
  message?: string;
  time_zone?: string;
  rrule?: string | null;
  exceptions?: string[];
  monitors?: (PlannedInput | string)[];
  reminders?: number[];
  notify?: boolean;
  draft?: boolean;
}

export interface MaintenanceChange extends Partial<MaintenanceInput> {
  version?: number | null;
}

export interface MaintenanceQuery extends ListQuery {
  upcoming?: boolean;
  active?: boolean;
  past?: boolean;
  draft?: boolean;
  monitor?: string;
}
