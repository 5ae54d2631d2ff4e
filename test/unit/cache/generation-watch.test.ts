import { describe, expect, it } from 'vitest';
import { type CacheState, FIRST_STATE } from '../../../core/cache/generation/cache-state.ts';
import { GenerationWatch } from '../../../core/cache/generation/generation-watch.ts';

const state = (generation: number): CacheState => ({ ...FIRST_STATE, generation });

/** A watch whose reads end on request, or reject when they are aborted. */
function watching() {
  const reads: { answer: (state: CacheState) => void; signal: AbortSignal }[] = [];
  const time = { now: 10_000 };
  const watch = new GenerationWatch({
    read: signal => {
      const read = Promise.withResolvers<CacheState>();
      signal.addEventListener('abort', () => read.reject(new Error('aborted')));
      reads.push({ answer: read.resolve, signal });
      return read.promise;
    },
    clock: () => time.now,
    onRemovals: () => {},
  });
  return { watch, reads, time };
}

describe('reads of the generation', () => {
  it('are shared by simultaneous callers', async () => {
    const { watch, reads } = watching();
    const both = [watch.refresh(), watch.refresh()];
    expect(reads).toHaveLength(1);
    reads[0]!.answer(state(3));
    await Promise.all(both);
    expect(watch.fresh(10_000)).toBe(3);
  });

  it.each([
    ['as old as its answer may be', 10_900],
    ['from before the clock was set back', 9_999],
  ])('replace a running read that is %s: it is aborted', async (_what, now) => {
    const { watch, reads, time } = watching();
    const late = watch.refresh();
    time.now = now;
    const second = watch.refresh();
    expect(reads).toHaveLength(2);
    expect(reads[0]!.signal.aborted).toBe(true);
    await expect(late).rejects.toThrow('aborted');
    reads[1]!.answer(state(1));
    await second;
    expect(watch.fresh(now)).toBe(1);
  });

  it('answer waiting callers after an invalidation, and are not kept as fresh', async () => {
    const { watch, reads } = watching();
    const first = watch.refresh();
    watch.invalidate();
    const second = watch.refresh();
    expect(reads).toHaveLength(2);
    reads[0]!.answer(state(1));
    await first;
    expect(watch.fresh(10_000)).toBeUndefined();
    reads[1]!.answer(state(2));
    await second;
    expect(watch.fresh(10_000)).toBe(2);
  });
});

describe('a known generation', () => {
  it('stays fresh when the answer to an earlier read arrives later', () => {
    const { watch, time } = watching();
    time.now = 10_040;
    watch.learn(state(1), 10_020);
    time.now = 10_060;
    watch.learn(state(1), 10_000);
    expect(watch.fresh(10_919)).toBe(1);
    expect(watch.fresh(10_920)).toBeUndefined();
  });

  it('is replaced by the next answer after the clock was set back, even by a lower one', () => {
    const { watch, time } = watching();
    watch.learn(state(2), 10_000);
    time.now = 1_010;
    expect(watch.fresh(1_010)).toBeUndefined();
    watch.learn(state(1), 1_000);
    expect(watch.state).toEqual(state(1));
    expect(watch.fresh(1_010)).toBe(1);
  });
});
