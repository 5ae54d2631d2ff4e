import { z } from 'zod';
import { lineOfText } from '../inventory/model/parse-input.ts';
import type { ItemKey } from '../storage/item.ts';

/** A view of the console that a person has saved. */
export interface SavedView {
  name: string;
  /** Address within the console, from its `/` on. */
  address: string;
}

/** A person's settings of the console. */
export interface Preferences {
  theme: Theme;
  /** IANA name, such as `Europe/Berlin`; null: the browser's. */
  time_zone: string | null;
  units: ByteUnits;
  /** In the order in which they were saved. */
  saved_views: SavedView[];
}

export const THEMES = ['SYSTEM', 'LIGHT', 'DARK'] as const;
export type Theme = (typeof THEMES)[number];

/** `SI`: 1 kB is 1,000 bytes; `IEC`: 1 KiB is 1,024. */
export const BYTE_UNITS = ['SI', 'IEC'] as const;
export type ByteUnits = (typeof BYTE_UNITS)[number];

/** Maximum of views that a person can save. */
export const SAVED_VIEWS_MAX = 50;

/** Maximum length of an address of the console, characters. */
const ADDRESS_MAX = 1000;

export const viewName = lineOfText('name', 80);

const ADDRESS_RULE = `address must be a view of the console: it begins with one / and has at most ${ADDRESS_MAX} characters.`;

/** An address in this console; one that begins with two slashes or a backslash leads elsewhere. */
export const viewAddress = z
  .string(ADDRESS_RULE)
  .regex(/^\/(?![/\\])[^\p{Cc}\s]*$/u, ADDRESS_RULE)
  .max(ADDRESS_MAX, ADDRESS_RULE);

export function preferencesKey(sub: string): ItemKey {
  return { pk: `PERSON#${sub}`, sk: 'PREFERENCES' };
}

/** The stored preferences; fields that an old release didn't know have their defaults. */
export const preferencesItem = z.object({
  seq: z.number(),
  theme: z.enum(THEMES).catch('SYSTEM'),
  time_zone: z.string().nullable().catch(null),
  units: z.enum(BYTE_UNITS).catch('SI'),
  saved_views: z.array(z.object({ name: z.string(), address: z.string() })).catch([]),
});

export type PreferencesItem = z.output<typeof preferencesItem>;

export const NO_PREFERENCES: PreferencesItem = {
  seq: 0,
  theme: 'SYSTEM',
  time_zone: null,
  units: 'SI',
  saved_views: [],
};
