import type { Moment } from "./words.js";

export type Theme = "auto" | "light" | "dark";
export type Font = "" | "system" | "serif";
export type Visibility = "public" | "private";

export interface Link {
  label: string;
  url: string;
}
export type LinkInput = Link;

/** A few words below the verdict of the page; none without a text. */
export interface Announcement {
  text: string;
  url: string;
  begins_at: Moment | null;
  ends_at: Moment | null;
}
export interface AnnouncementInput {
  text?: string;
  url?: string;
  begins_at?: Moment | Date | null;
  ends_at?: Moment | Date | null;
}

/** A `data-` attribute of a script: its name without that, and its value. */
export interface Data {
  name: string;
  value: string;
}
export type DataInput = Data;

/** A script that counts visitors, and its `data-` attributes; none without an address. */
export interface Analytics {
  src: string;
  data: Data[];
}

export type AnalyticsInput = Partial<Analytics>;

/** How a page looks; empty: as Kener does it. */
export interface Look {
  accent: string;
  theme: Theme;
  logo: string;
  favicon: string;
  font: Font;
  css: string;
  analytics: Analytics;
  footer: string;
  links: Link[];
  announcement: Announcement;
}
export type LookInput = Partial<Omit<Look, "announcement" | "analytics">> & {
  announcement?: AnnouncementInput;
  analytics?: AnalyticsInput;
};

export interface Section {
  id: string;
  name: string;
  description: string;
  open: boolean;
  monitors: string[];
}

export interface SectionInput {
  name: string;
  id?: string;
  description?: string;
  open?: boolean;
  monitors?: string[];
}

/** A status page without its sections. */
export interface PageSummary {
  id: string;
  slug: string;
  title: string;
  description: string;
  language: string;
  languages: string[];
  address: string;
  time_zone: string;
  look: Look;
  visibility: Visibility;
  is_default: boolean;
  everything: boolean;
  version: number;
  created_at: Moment;
  updated_at: Moment;
}

export interface Page extends PageSummary {
  sections: Section[];
}

export interface PageInput {
  title: string;
  slug?: string;
  description?: string;
  language?: string;
  languages?: string[];
  address?: string;
  time_zone?: string;
  look?: LookInput;
  visibility?: Visibility;
  is_default?: boolean;
  everything?: boolean;
  sections?: SectionInput[];
}

export interface PageChange extends Partial<PageInput> {
  version?: number | null;
}
