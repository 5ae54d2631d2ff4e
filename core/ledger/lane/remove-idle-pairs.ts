import { hasGauges } from './gauges.ts';
import { hourOf } from './hour-of.ts';
import { type IdlePair, type IdleSegment, packedPairBytes } from './idle-pairs.ts';
import { type Lane, type LanePair, NOT_NAMED } from './lane.ts';
import type { LaneState } from './lane-state.ts';
import { idlePairsOf } from './pair-of.ts';

/** A pair that no report has named for this long is idle, hours. */
const IDLE_AFTER_HOURS = 24;

/** How long few idle pairs wait for others, hours. */
const WAIT_AT_MOST_HOURS = 48;

/** This many idle pairs don't wait for others. */
const ENOUGH_PAIRS = 16;

/** Limit of a segment, bytes, roughly; an item may have 400 KB. */
const SEGMENT_MAX_BYTES = 200_000;

/**
 * Whether idle pairs have to leave the lane now: enough of them are idle, or one has been for long.
 * Few pairs wait for others, so that a lane with a new policy a day writes at most one segment a
 * day.
 */
export function hasIdlePairs({ pairs }: Pick<Lane, 'pairs'>, at_ms: number): boolean {
  const hour = hourOf(at_ms);
  let idle = 0;
  for (const { named_hour } of pairs.values()) {
    if (named_hour <= hour - WAIT_AT_MOST_HOURS) return true;
    if (named_hour <= hour - IDLE_AFTER_HOURS) idle++;
  }
  return idle >= ENOUGH_PAIRS && idle * 3 >= pairs.size;
}

/**
 * Moves the idle pairs out of the lane into a new segment, and merges the newest segments into it
 * that are not larger than itself. So a lane has few segments, and a pair is rewritten as often as
 * the number of pairs doubles.
 */
export function removeIdlePairs(
  state: LaneState,
  { at_ms, version }: { at_ms: number; version: number },
): LaneState {
  const { lane, changes } = state;
  const latest = hourOf(at_ms) - IDLE_AFTER_HOURS;
  const held = new Map<string, LanePair>();
  const pairs = new Map<string, IdlePair>();
  let bytes = 0;
  for (const [key, pair] of lane.pairs) {
    if (pair.named_hour > latest || hasGauges(pair) || bytes >= SEGMENT_MAX_BYTES) {
      held.set(key, pair);
      continue;
    }
    bytes += packedPairBytes(pair);
    pairs.set(key, toIdlePair(pair, lane.boot_id));
  }
  if (pairs.size === 0) return state;
  const older = [...idlePairsOf(state)];
  for (let next = older[0]; next && next.pairs.size <= pairs.size; next = older[0]) {
    for (const pair of next.pairs.values()) bytes += packedPairBytes(pair);
    if (bytes > SEGMENT_MAX_BYTES) break;
    for (const [key, pair] of next.pairs) {
      if (!held.has(key) && !pairs.has(key)) pairs.set(key, pair);
    }
    older.shift();
  }
  const segment: IdleSegment = { version, older: older.map(each => each.version), pairs };
  return {
    ...state,
    lane: { ...lane, pairs: held, idle_version: version },
    idle: [segment, ...older],
    changes: { ...changes, idle: [...changes.idle, segment] },
  };
}

function toIdlePair(pair: LanePair, current_boot: string): IdlePair {
  const { active_flows, rate, named_hour, ...counts } = pair;
  return { ...counts, boot_id: pair.seq === NOT_NAMED ? '' : current_boot };
}
