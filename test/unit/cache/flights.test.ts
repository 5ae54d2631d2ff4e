import { describe, expect, it } from 'vitest';
import { Flights } from '../../../core/cache/flights.ts';
import { FIRST_STATE } from '../../../core/cache/generation/cache-state.ts';
import { RemovalLog } from '../../../core/cache/generation/removal-log.ts';

const cleared = { ...FIRST_STATE, generation: 1 };

/** A load of 'key' that began at 10,000 ms, and a function that ends it. */
function underWay(flights = new Flights<string>()) {
  const load = Promise.withResolvers<string>();
  let flight!: Parameters<Parameters<Flights<string>['start']>[2]>[0];
  const promise = flights.start('key', 10_000, mine => {
    flight = mine;
    return load.promise;
  });
  return { flights, flight, promise, finish: load.resolve };
}

describe('a load under way', () => {
  it('can be joined until its age is 0.9 s, while the generation at its start is unknown', () => {
    const { flights, flight } = underWay();
    const joinableAt = (now: number) => flights.joinable('key', { now, fresh: 0 });
    expect(joinableAt(10_899)).toBe(flight);
    expect(joinableAt(10_900)).toBeUndefined();
  });

  it('cannot be joined after the clock was set back', () => {
    const { flights } = underWay();
    expect(flights.joinable('key', { now: 9_999, fresh: 0 })).toBeUndefined();
  });

  it('can be joined at any age while the generation is the one at its start', () => {
    const { flights, flight } = underWay();
    flight.begun = FIRST_STATE;
    expect(flights.joinable('key', { now: 1_000_000, fresh: 0 })).toBe(flight);
    expect(flights.joinable('key', { now: 10_001, fresh: cleared.generation })).toBeUndefined();
  });

  it('does not touch a newer load of its key when it ends', async () => {
    const { flights, promise, finish } = underWay();
    flights.forget('key');
    const newer = underWay(flights);
    finish('old');
    await promise;
    expect(flights.isCurrent('key', newer.flight)).toBe(true);
    newer.finish('new');
    await newer.promise;
    expect(flights.has('key')).toBe(false);
  });

  it('is forgotten when its key is removed after its start, and not when another key is', () => {
    const { flights, flight } = underWay();
    flight.begun = FIRST_STATE;
    const log = new RemovalLog(0, []);
    flights.forgetBefore((key, begun) => log.mayName(key, begun!.removals.last));
    expect(flights.has('key')).toBe(true);
    flights.forgetBefore(key => key === 'key');
    expect(flights.has('key')).toBe(false);
  });

  it('is forgotten by a clear', () => {
    const { flights, flight } = underWay();
    flights.forgetAll();
    expect(flights.isCurrent('key', flight)).toBe(false);
    expect(flights.joinable('key', { now: 10_000, fresh: 0 })).toBeUndefined();
  });
});
