import { ulid } from 'ulid';
import { z } from 'zod';
import type { Item, ItemKey } from '../../storage/item.ts';
import { parseItem } from '../../storage/parse-item.ts';
import { TTL_ATTRIBUTE } from '../../storage/tables.ts';
import { ALARM_KINDS } from '../alarm.ts';

export const NOTICE_EVENTS = ['BEGAN', 'ENDED', 'TEST'] as const;

const aboutSchema = z.object({
  id: z.string(),
  kind: z.enum(ALARM_KINDS),
  title: z.string(),
  target: z.string(),
  site_id: z.string().nullable(),
});

const noticeSchema = z.object({
  sk: z.string(),
  event: z.enum(NOTICE_EVENTS),
  since: z.string(),
  alarm: aboutSchema.nullable(),
  delivery_id: z.string(),
  created_ms: z.number(),
  attempts: z.number(),
  next_ms: z.number(),
  state: z.enum(['PENDING', 'DELIVERED', 'GIVEN_UP']),
});

/**
 * The notice of one alarm to one destination. It is one item, so that the newest state of the alarm
 * is delivered last. If an alarm ends before its beginning was delivered, its end is delivered.
 */
export interface Notice {
  /** The alarm's id, or `TEST#…`. */
  about: string;
  event: (typeof NOTICE_EVENTS)[number];
  /** The beginning of the alarm, RFC 3339. */
  since: string;
  /** Null for a test. */
  alarm: z.output<typeof aboutSchema> | null;
  /** The same in every attempt, so that a receiver can drop repeats. */
  delivery_id: string;
  created_ms: number;
  /** Attempts that have begun. Each is counted before it is made. */
  attempts: number;
  /** When the next attempt is due. */
  next_ms: number;
  state: 'PENDING' | 'DELIVERED' | 'GIVEN_UP';
}

const noticePartition = (destination_id: string): string => `NOTICE#${destination_id}`;

export const noticeKey = (destination_id: string, about: string): ItemKey => ({
  pk: noticePartition(destination_id),
  sk: about,
});

export const noticesOf = noticePartition;

export function newNotice(
  {
    about,
    event,
    since,
    alarm = null,
  }: Pick<Notice, 'about' | 'event' | 'since'> & Partial<Pick<Notice, 'alarm'>>,
  now_ms: number,
): Notice {
  const begin = { created_ms: now_ms, attempts: 0, next_ms: now_ms, state: 'PENDING' as const };
  return { about, event, since, alarm, delivery_id: ulid(now_ms), ...begin };
}

/**
 * How long a notice is kept, seconds. Notices of removed destinations expire by it. An alarm that
 * lasts more than a year is delivered again.
 */
const KEPT_S = 366 * 86_400;

export function noticeItem(destination_id: string, { about, ...notice }: Notice): Item & ItemKey {
  const expires_at = Math.ceil(notice.created_ms / 1000) + KEPT_S;
  return { ...noticeKey(destination_id, about), ...notice, [TTL_ATTRIBUTE]: expires_at };
}

/** @throws BrokenItem */
export function noticeOfItem(item: Item): Notice {
  const { sk, ...notice } = parseItem(noticeSchema, item);
  return { about: sk, ...notice };
}
