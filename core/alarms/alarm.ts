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

/** An operator's acknowledgement of an alarm. Times are RFC 3339, UTC. */
const acknowledgementSchema = z.object({
  by: callerSchema,
  at: z.string(),
  note: z.string().nullable().default(null),
  /** When it expires; null: when the alarm ends. */
  until: z.string().nullable().default(null),
});

export type Acknowledgement = z.output<typeof acknowledgementSchema>;

const alarmSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  kind: z.enum(ALARM_KINDS),
  since: z.string(),
  /** The target's name in the form of the audit log, such as `edge:edge-7`. */
  target: z.string(),
  site_id: z.string().nullable().default(null),
  title: z.string(),
  acknowledged: acknowledgementSchema.nullable().default(null),
  /** The alarm has ended, and its item is to be removed. */
  ended: z.boolean().default(false),
});

/**
 * A present problem. It is stored from its beginning to its end, and written at both and when it is
 * acknowledged.
 */
export interface Alarm {
  /**
   * Kind and target, such as `EDGE_SILENT#edge-7`. It is the same when the problem occurs again.
   */
  id: string;
  kind: AlarmKind;
  /** RFC 3339, UTC. */
  since: string;
  target: string;
  site_id: string | null;
  /** The problem, a sentence for people. */
  title: string;
  acknowledged: Acknowledgement | null;
}

/** An alarm before it is stored. */
export type Problem = Omit<Alarm, 'acknowledged'>;

/** The number of partitions of alarms. It is fixed, because readers read each of them. */
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

/** A stored alarm. */
export type StoredAlarm = Alarm & { ended: boolean };

/** @throws BrokenItem */
export function alarmOfItem(item: Item): StoredAlarm {
  const { pk: _, sk, ...alarm } = parseItem(alarmSchema, item);
  return { id: sk, ...alarm };
}
