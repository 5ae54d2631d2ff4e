import type { z } from 'zod';
import { NotFound, quoted, ValidationError } from '../../errors.ts';
import type { ItemKey } from '../../storage/item.ts';

/** A setting for alarms: a threshold, a destination or a mute. */
export interface Setting {
  /** ULID. */
  id: string;
  /** RFC 3339, UTC. */
  created_at: string;
  updated_at: string;
}

/** A kind of setting: how it is stored, and its limit. */
export interface SettingKind<T extends Setting> {
  /** Its name in the audit log, as in `threshold:<id>`. */
  name: string;
  partition: string;
  /** It also reads the items of earlier releases. */
  schema: z.ZodType<T>;
  /** Upper limit of their number. */
  most: number;
  /** The query that lists them. */
  query: string;
  /** The operation that removes one. */
  remove: string;
  /** The form that the audit log may show to everyone. Default: unchanged. */
  audited?(setting: T): T;
  /** Whether a setting has expired. It doesn't count then, and is removed when one is added. */
  isOver?(setting: T, now_ms: number): boolean;
}

/** The item with the number of a kind's settings. Each change replaces it, so the limit holds. */
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

/** @throws ValidationError when the limit is reached */
export function refuseTooMany(kind: { name: string; most: number; remove: string }, count: number): void {
  if (count < kind.most) return;
  throw new ValidationError(
    `There are ${kind.most} ${kind.name}s, which is the limit: remove one with ${kind.remove} before you add another.`,
  );
}
