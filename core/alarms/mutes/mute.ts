import { z } from 'zod';
import type { Alarm } from '../alarm.ts';
import type { Setting, SettingKind } from '../settings/setting.ts';

/** Alarms that aren't delivered for a while. Without target and threshold: all alarms. */
export interface Mute extends Setting {
  /**
   * The target of alarms, such as `edge:edge-7`; for a site all alarms that concern it.
   */
  target: string | null;
  threshold_id: string | null;
  /** RFC 3339, UTC. */
  until: string;
  reason: string;
}

const muteSchema = z
  .object({
    sk: z.string(),
    target: z.string().nullable(),
    threshold_id: z.string().nullable(),
    until: z.string(),
    reason: z.string(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .transform(({ sk, ...mute }): Mute => ({ id: sk, ...mute }));

const MUTE_PARTITION = 'MUTE';

export const MUTE: SettingKind<Mute> = {
  name: 'mute',
  partition: MUTE_PARTITION,
  schema: muteSchema,
  most: 100,
  query: 'mutes',
  remove: 'removeMute',
  isOver: ({ until }, now_ms) => Date.parse(until) <= now_ms,
};

type Muted = Pick<Alarm, 'id' | 'target' | 'site_id'>;

/**
 * The mute that applies to an alarm, the one that lasts longest; undefined: none. Pure.
 */
export function muteOf(alarm: Muted, mutes: readonly Mute[], now_ms: number): Mute | undefined {
  return mutes
    .filter(mute => !MUTE.isOver!(mute, now_ms) && isMeant(mute, alarm))
    .reduce<Mute | undefined>((a, b) => (a && Date.parse(a.until) >= Date.parse(b.until) ? a : b), undefined);
}

function isMeant({ target, threshold_id }: Mute, alarm: Muted): boolean {
  if (threshold_id !== null && alarm.id !== `THRESHOLD#${threshold_id}`) return false;
  return target === null || alarm.target === target || `site:${alarm.site_id}` === target;
}
