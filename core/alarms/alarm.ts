import { z } from 'zod';
import { callerSchema } from '../access/caller.ts';
import { fnv1a } from '../hash.ts';
import type { Item, ItemKey } from '../storage/item.ts';
import { parseItem } from '../storage/parse-item.ts';

export const ALARM_KINDS = [
  'EDGE_SILENT',
  'POLICIES_BEHIND',
  'CLOCK_SKEW',
  'PATH_FAILED',
  'PATH_DEGRADED',
  'QUARANTINE',
  'REPORTS_REFUSED',
  'WORK_STUCK',
  'THRESHOLD',
] as const;
export type AlarmKind = (typeof ALARM_KINDS)[number];

/** What an operator has said about an alarm. Times are RFC 3339, UTC. */
const acknowledgementSchema = z.object({
  by: callerSchema,
  at: z.string(),
  note: z.string().nullable().default(null),
  /** Until then; null: until the alarm ends. */
  until: z.string().nullable().default(null),
});

export type Acknowledgement = z.output<typeof acknowledgementSchema>;

const alarmSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  kind: z.enum(ALARM_KINDS),
  since: z.string(),
  /** As the audit log names such a thing, such as `edge:edge-7`. */
  target: z.string(),
  site_id: z.string().nullable().default(null),
  title: z.string(),
  acknowledged: acknowledgementSchema.nullable().default(null),
  /** It is over, and its item is to be removed. */
  ended: z.boolean().default(false),
});

/**
 * Something that is wrong now. It is there from its beginning to its end, and written at both and
 * when it is acknowledged.
 */
export interface Alarm {
  /** The same when it comes again: what it is about, such as `EDGE_SILENT#edge-7`. */
  id: string;
  kind: AlarmKind;
  /** RFC 3339, UTC. */
  since: string;
  target: string;
  site_id: string | null;
  /** What is wrong, a sentence for a person. */
  title: string;
  acknowledged: Acknowledgement | null;
}

/** An alarm before it is entered. */
export type Problem = Omit<Alarm, 'acknowledged'>;

/** Alarms are spread over this many partitions; fixed, as readers ask each of them. */
const ALARM_PARTITIONS = 16;

export function alarmPartitions(): string[] {
  return Array.from({ length: ALARM_PARTITIONS }, (_, number) => partitionName(number));
}

export function alarmKey(id: string): ItemKey {
  return { pk: partitionName(fnv1a(id) % ALARM_PARTITIONS), sk: id };
}

function partitionName(number: number): string {
  return `ALARM#${String(number).padStart(2, '0')}`;
}

export function alarmItem({ id, ...alarm }: Alarm, { ended = false } = {}): Item & ItemKey {
  return { ...alarmKey(id), ...alarm, ended };
}

/** An alarm as it is stored. */
export type StoredAlarm = Alarm & { ended: boolean };

/** @throws BrokenItem */
export function alarmOfItem(item: Item): StoredAlarm {
  const { pk: _, sk, ...alarm } = parseItem(alarmSchema, item);
  return { id: sk, ...alarm };
}
