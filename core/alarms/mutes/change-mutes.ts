import type { Caller } from '../../access/caller.ts';
import { ValidationError } from '../../errors.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import { addSetting, removeSetting } from '../settings/change-settings.ts';
import { readSetting } from '../settings/read-settings.ts';
import { THRESHOLD } from '../thresholds/threshold.ts';
import { MUTE, type Mute } from './mute.ts';

const LONGEST_MS = 366 * 86_400_000;

const TARGET = /^(policy|site|edge|path|quarantine|operation):.{1,200}$/su;

/** @throws ValidationError · NotFound for a threshold that doesn't exist */
export async function setMute(
  context: StoreContext,
  actor: Caller,
  {
    target = null,
    threshold_id = null,
    until_ms,
    reason,
  }: {
    target?: string | null | undefined;
    threshold_id?: string | null | undefined;
    until_ms: number;
    reason: string;
  },
): Promise<Mute> {
  const now_ms = context.clock();
  if (until_ms <= now_ms || until_ms > now_ms + LONGEST_MS) {
    throw new ValidationError('until must be a time in the next 366 days.', { arguments: ['until'] });
  }
  if (target !== null && !TARGET.test(target)) {
    throw new ValidationError(
      'target must be the target of an alarm (such as edge:edge-7, site:<id>, path:<id> or policy:7).',
      { arguments: ['target'] },
    );
  }
  if (threshold_id !== null) await readSetting(context, THRESHOLD, threshold_id);
  const given = { target, threshold_id, reason, until: timestamp(until_ms) };
  return addSetting(context, MUTE, { actor, operation: 'setMute', given });
}

/** Alarms that have not ended are delivered after that. @throws NotFound */
export function removeMute(context: StoreContext, actor: Caller, id: string) {
  return removeSetting(context, MUTE, { id, actor, operation: 'removeMute' });
}
