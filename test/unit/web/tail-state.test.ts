import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  beginTail,
  OVERLAP_MS,
  paused,
  resumed,
  type TailState,
  withLook,
} from '../../../web/pages/flows/tail-state.ts';

interface Flow {
  id: string;
  arrived_at: string;
}

const START = Date.parse('2026-01-31T12:00:00Z');

const flow = (id: number, arrived_ms: number): Flow => ({
  id: String(id),
  arrived_at: new Date(START + arrived_ms).toISOString(),
});

/** Flows with the time from arrival to the log, and looks, some after a pause or the end of one. */
const arrivals = fc.array(fc.record({ at: fc.nat({ max: 600_000 }), lag: fc.nat({ max: OVERLAP_MS }) }), {
  maxLength: 60,
});
const looks = fc.array(
  fc.record({ after: fc.nat({ max: 90_000 }), turn: fc.constantFrom('pause', 'resume', 'none') }),
  { maxLength: 30 },
);

describe('the live tail', () => {
  it('shows each flow once, however late it is written, also while paused', () => {
    fc.assert(
      fc.property(arrivals, looks, (arrivals, looks) => {
        const flows = arrivals.map(({ at, lag }, index) => ({ ...flow(index, at), at, written: at + lag }));
        const look = (state: TailState<Flow>, now: number) => {
          const there = flows.filter(({ at, written }) => written <= now && START + at >= state.from_ms);
          return withLook<Flow>(
            state,
            there.sort((a, b) => b.at - a.at),
            { isWhole: true },
          );
        };
        let now = 0;
        let state = beginTail<Flow>(START);
        for (const { after, turn } of looks) {
          now += after;
          if (turn === 'pause') state = paused(state);
          if (turn === 'resume') state = resumed(state);
          const before = state.shown;
          state = look(state, now);
          if (state.isPaused) expect(state.shown).toBe(before);
        }
        state = resumed(look(state, 600_000 + OVERLAP_MS));
        const ids = state.shown.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        expect([...ids].sort()).toEqual(flows.map(({ id }) => id).sort());
      }),
      { numRuns: 500 },
    );
  });

  it('counts waiting flows, and shows them in order when it continues', () => {
    let state = withLook(beginTail<Flow>(START), [flow(1, 0)], { isWhole: true });
    state = withLook(paused(state), [flow(3, 20), flow(2, 10), flow(1, 0)], { isWhole: true });
    expect([state.shown.length, state.waiting.length]).toEqual([1, 2]);
    expect(resumed(state).shown.map(({ id }) => id)).toEqual(['3', '2', '1']);
  });

  it('looks back no further than necessary', () => {
    const state = withLook(beginTail<Flow>(START), [flow(1, 500_000)], { isWhole: true });
    expect(state.from_ms).toBe(START + 500_000 - OVERLAP_MS);
  });

  it('reports the number of dropped flows, and that the list is incomplete', () => {
    const many = Array.from({ length: 20_003 }, (_, index) => flow(index, index));
    const state = withLook(paused(beginTail<Flow>(START)), many, { isWhole: false });
    expect([state.waiting.length, state.dropped, state.isIncomplete]).toEqual([20_000, 3, true]);
  });
});
