import { describe, expect, it } from 'vitest';
import { goodSince, holdIsOver, MAX_SAMPLE_GAP_MS } from '../../../core/routing/failover/failback-hold.ts';
import { DEFAULT_FAILOVER } from '../../../core/routing/failover/failover-settings.ts';
import { nextState, type PathState } from '../../../core/routing/failover/path-state.ts';

describe('a run of good measurements', () => {
  it('continues over a gap of three minutes, and restarts after a longer one', () => {
    const run = { good_since_ms: 1000, seen_ms: 5000 };
    expect(goodSince(run, 5000 + MAX_SAMPLE_GAP_MS)).toBe(1000);
    expect(goodSince(run, 5001 + MAX_SAMPLE_GAP_MS)).toBe(5001 + MAX_SAMPLE_GAP_MS);
    expect(goodSince({ seen_ms: 5000 }, 6000)).toBe(6000);
  });

  it('completes the hold exactly 60 s after its first measurement', () => {
    const settings = { failback_hold_seconds: 60 };
    expect(holdIsOver({ good_since_ms: 1000, at_ms: 60_999 }, settings)).toBe(false);
    expect(holdIsOver({ good_since_ms: 1000, at_ms: 61_000 }, settings)).toBe(true);
  });
});

describe('a policy that has left a path', () => {
  const state: PathState = { out: true, since_ms: 0, good_since_ms: 10_000, seen_ms: 60_000 };

  it('returns at the end of the hold', () => {
    expect(nextState(state, { score: 81, at_ms: 70_000 }, DEFAULT_FAILOVER)).toEqual({
      state: { out: false, since_ms: 70_000, seen_ms: 70_000 },
      event: 'failback',
    });
  });

  it('never returns after a measurement with complete loss, at any score', () => {
    expect(nextState(state, { score: 100, at_ms: 70_000, dead: true }, DEFAULT_FAILOVER)).toEqual({
      state: { out: true, since_ms: 0, seen_ms: 70_000 },
    });
  });

  it('never returns during a maintenance, at any score, and returns at once after it', () => {
    const held = nextState(state, { score: 100, at_ms: 70_000 }, DEFAULT_FAILOVER, { held: true });
    expect(held).toEqual({ state: { ...state, seen_ms: 70_000 } });
    const after = nextState(held.state, { score: 100, at_ms: 71_000 }, DEFAULT_FAILOVER);
    expect(after.event).toBe('failback');
  });
});
