import { describe, expect, it } from 'vitest';
import { goodSince, holdIsOver, MAX_SAMPLE_GAP_MS } from '../../../core/routing/failover/failback-hold.ts';
import { DEFAULT_FAILOVER } from '../../../core/routing/failover/failover-settings.ts';
import { nextState, type PathState } from '../../../core/routing/failover/path-state.ts';

describe('a run of good measurements', () => {
  it('goes on over a gap of three minutes, and begins again after a longer one', () => {
    const run = { good_since_ms: 1000, seen_ms: 5000 };
    expect(goodSince(run, 5000 + MAX_SAMPLE_GAP_MS)).toBe(1000);
    expect(goodSince(run, 5001 + MAX_SAMPLE_GAP_MS)).toBe(5001 + MAX_SAMPLE_GAP_MS);
    expect(goodSince({ seen_ms: 5000 }, 6000)).toBe(6000);
  });

  it('has lasted for the hold from its last millisecond on', () => {
    const settings = { failback_hold_seconds: 60 };
    expect(holdIsOver({ good_since_ms: 1000, at_ms: 60_999 }, settings)).toBe(false);
    expect(holdIsOver({ good_since_ms: 1000, at_ms: 61_000 }, settings)).toBe(true);
  });
});

describe('a policy that is off a path', () => {
  const state: PathState = { out: true, since_ms: 0, good_since_ms: 10_000, seen_ms: 60_000 };

  it('comes back at the end of the hold', () => {
    expect(nextState(state, { score: 81, at_ms: 70_000 }, DEFAULT_FAILOVER)).toEqual({
      state: { out: false, since_ms: 70_000, seen_ms: 70_000 },
      event: 'failback',
    });
  });

  it('never comes back by a measurement at which nothing got through, at any score', () => {
    expect(nextState(state, { score: 100, at_ms: 70_000, dead: true }, DEFAULT_FAILOVER)).toEqual({
      state: { out: true, since_ms: 0, seen_ms: 70_000 },
    });
  });

  it('never comes back while it is held, at any score, and at once after that', () => {
    const held = nextState(state, { score: 100, at_ms: 70_000 }, DEFAULT_FAILOVER, { held: true });
    expect(held).toEqual({ state: { ...state, seen_ms: 70_000 } });
    const after = nextState(held.state, { score: 100, at_ms: 71_000 }, DEFAULT_FAILOVER);
    expect(after.event).toBe('failback');
  });
});
