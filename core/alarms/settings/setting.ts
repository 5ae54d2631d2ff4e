import type { z } from 'zod';
import { NotFound, quoted, ValidationError } from '../../errors.ts';
import type { ItemKey } from '../../storage/item.ts';

/** Something that people set about alarms: a threshold, a destination or a mute. */
export interface Setting {
  /** ULID. */
  id: string;
  /** RFC 3339, UTC. */
  created_at: string;
  updated_at: string;
}

/** One kind of setting: how it is stored, and how many there may be. */
export interface SettingKind<T extends Setting> {
  /** As the audit log names it: `threshold:<id>`. */
  name: string;
  partition: string;
  /** What earlier releases stored is read too. */
  schema: z.ZodType<T>;
  /** So many there may be. */
  most: number;
  /** The query that lists them. */
  query: string;
  /** The operation that removes one. */
  remove: string;
  /** One as the audit log may show it to everyone; left out: as it is. */
  audited?(setting: T): T;
  /** Whether one has ended by itself: it doesn't count, and goes when another one is added. */
  isOver?(setting: T, now_ms: number): boolean;
}

/** The item that counts a kind's settings: each change replaces it, so that the limit holds. */
const META = '#META';

export const settingKey = (kind: { partition: string }, id: string): ItemKey => ({
  pk: kind.partition,
  sk: id,
});

export const metaKey = (kind: { partition: string }): ItemKey => settingKey(kind, META);

export const isMeta = ({ sk }: { sk?: unknown }): boolean => sk === META;

export const settingTarget = (kind: { name: string }, id: string): string => `${kind.name}:${id}`;

/** The state of a setting in the audit log. */
export const auditState = <T extends Setting>(
  { audited }: SettingKind<T>,
  setting: T | undefined,
): T | null => (setting ? (audited?.(setting) ?? setting) : null);

export function noSetting({ name, query }: { name: string; query: string }, id: string): NotFound {
  return new NotFound(`There is no ${name} ${quoted(id)}: the query ${query} lists those that exist.`);
}

/** @throws ValidationError where there is no room for another one */
export function refuseTooMany(kind: { name: string; most: number; remove: string }, count: number): void {
  if (count < kind.most) return;
  throw new ValidationError(
    `There are ${kind.most} ${kind.name}s, which is the most: remove one with ${kind.remove} first.`,
  );
}
