import type { Impact, Moment, Named, Phase, Status, Verdict, WindowStatus } from "./words.js";

/** A monitor as visitors see it. */
export interface Service extends Named {
  status: Status;
  since: Moment | null;
  checked_at: Moment | null;
  latency_ms: number | null;
}

export interface Touched extends Named {
  impact: string;
}

export interface Statement {
  status: Phase;
  message: string;
  at: Moment;
}

/** An open incident. */
export interface Story {
  id: string;
  title: string;
  status: Phase;
  impact: Impact;
  message: string;
  monitors: Touched[];
  updates: Statement[];
  started_at: Moment;
  resolved_at: Moment | null;
  next_update_by: Moment | null;
  created_at: Moment;
  updated_at: Moment;
}

/** Planned work; `id` is the maintenance's. */
export interface PlannedWindow {
  id: string;
  window_id: string;
  title: string;
  message: string;
  status: WindowStatus;
  starts_at: Moment;
  ends_at: Moment;
  monitors: Touched[];
}

export interface PlannedWindows {
  active: PlannedWindow[];
  upcoming: PlannedWindow[];
}

/** How everything is. */
export interface PublicStatus {
  status: Verdict;
  sentence: string;
  at: Moment;
  monitors: Service[];
  incidents: Story[];
  maintenances: PlannedWindows;
}

export interface StatusQuery {
  page?: string;
}
