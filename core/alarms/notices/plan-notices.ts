import type { Alarm } from '../alarm.ts';
import type { Destination } from '../destinations/destination.ts';
import { type Mute, muteOf } from '../mutes/mute.ts';
import { type Notice, newNotice } from './notice.ts';

/** The changes of a destination's notices. */
export interface NoticePlan {
  /** Notices to put, in place of `before` if there is one. */
  put: { before: Notice | undefined; notice: Notice }[];
  /** Notices to remove: they are delivered and no longer needed. */
  remove: Notice[];
  /**
   * Notices of alarms that aren't among those that were read. They have ended, unless reading each
   * one finds it.
   */
  maybeEnded: Notice[];
}

export interface NoticeFacts {
  destination: Destination;
  /** The present alarms. */
  alarms: readonly Alarm[];
  notices: readonly Notice[];
  mutes: readonly Mute[];
  now_ms: number;
}

/**
 * Compares the present alarms with a destination's notices. Muted alarms wait: those that have not
 * ended at the end of the mute are delivered then. Pure.
 */
export function planNotices({ destination, alarms, notices, mutes, now_ms }: NoticeFacts): NoticePlan {
  const plan: NoticePlan = { put: [], remove: [], maybeEnded: [] };
  const known = new Map(notices.map(notice => [notice.about, notice]));
  const wrong = new Set(alarms.map(({ id }) => id));
  const isMuted = (alarm: Pick<Alarm, 'id' | 'target' | 'site_id'>) =>
    muteOf(alarm, mutes, now_ms) !== undefined;
  for (const alarm of alarms) {
    const before = known.get(alarm.id);
    if (before?.since === alarm.since && before.event === 'BEGAN') continue;
    if (isMuted(alarm) || destination.kinds?.includes(alarm.kind) === false) continue;
    const { id, kind, title, target, site_id, since } = alarm;
    const about = { id, kind, title, target, site_id };
    const notice = newNotice({ about: id, event: 'BEGAN', since, alarm: about }, now_ms);
    plan.put.push({ before, notice });
  }
  for (const notice of notices) {
    const { event, state, alarm } = notice;
    if (event !== 'BEGAN') {
      if (state !== 'PENDING' && !wrong.has(notice.about)) plan.remove.push(notice);
    } else if (!wrong.has(notice.about) && alarm && !isMuted(alarm)) plan.maybeEnded.push(notice);
  }
  return plan;
}

/** The changes when an alarm has ended. If its beginning was not sent, its end is not sent. */
export function endOf(before: Notice, now_ms: number): NoticePlan {
  if (before.state === 'PENDING' && before.attempts === 0)
    return { put: [], remove: [before], maybeEnded: [] };
  const { about, since, alarm } = before;
  const notice = newNotice({ about, event: 'ENDED', since, alarm }, now_ms);
  return { put: [{ before, notice }], remove: [], maybeEnded: [] };
}

/** The due notices, in order of age from the oldest on; muted ones wait. Pure. */
export function dueNotices({
  notices,
  mutes,
  now_ms,
}: Pick<NoticeFacts, 'notices' | 'mutes' | 'now_ms'>): Notice[] {
  return notices
    .filter(({ state, next_ms, alarm }) => {
      if (state !== 'PENDING' || next_ms > now_ms) return false;
      return !alarm || muteOf(alarm, mutes, now_ms) === undefined;
    })
    .toSorted((a, b) => a.created_ms - b.created_ms || (a.delivery_id < b.delivery_id ? -1 : 1));
}
