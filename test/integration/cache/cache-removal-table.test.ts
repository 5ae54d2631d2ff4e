import { GetCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cache } from '../../../core/cache/cache.ts';
import { readGeneration, recordRemoval } from '../../../core/cache/generation/generation.ts';
import { LOG_KEEPS } from '../../../core/cache/generation/removal-log.ts';
import { type SharedStore, tableStore } from '../../../core/cache/shared/shared-store.ts';
import { entryKey } from '../../../core/cache/shared/table-keys.ts';
import { jsonCodec } from '../../../core/cache/value-codec.ts';
import { type FakeTime, fakeTime } from '../../support/fake-time.ts';
import { type Dated, moves, runMoves } from '../../support/removal-model.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

let db: TestTables;
let names = 0;
beforeAll(async () => {
  db = await createTables();
});
afterAll(() => db.drop());

function makeStore(time: FakeTime) {
  const cache = `removal-${names++}`;
  const address = { client: db.client, table: db.tables.cache, cache };
  const codec = jsonCodec({ shape: 1, parse: raw => raw as Dated });
  const store = tableStore<Dated>({ ...address, codec, clock: time.clock });
  const make = () => new Cache<string, Dated>({ name: cache, ttl_seconds: 3600, shared: store, ...time });
  return { store, address, make };
}

/** The same store, which also knows when no request is running. */
function tracked(store: SharedStore<Dated>) {
  const underWay = new Set<Promise<unknown>>();
  const track =
    <A extends unknown[], T>(send: (...args: A) => T | Promise<T>) =>
    async (...args: A): Promise<T> => {
      const sent = Promise.resolve(send(...args));
      underWay.add(sent);
      return sent.finally(() => underWay.delete(sent));
    };
  const { level } = store;
  return {
    store: {
      level: {
        get: track(level.get.bind(level)),
        put: track(level.put.bind(level)),
        remove: track(level.remove.bind(level)),
        count: track(level.count.bind(level)),
        cleanupExpired: track(level.cleanupExpired.bind(level)),
      },
      readState: track(store.readState),
      raiseGeneration: track(store.raiseGeneration),
      recordRemoval: track(store.recordRemoval),
    },
    async idle() {
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  };
}

describe('removals in the Cache table', () => {
  it('are numbered across functions, and the log is trimmed before it grows large', async () => {
    const { address } = makeStore(fakeTime());
    const all = Array.from({ length: 3 * LOG_KEEPS - 2 }, (_, index) => `key-${index}`);
    for (let from = 0; from < all.length; from += 50) {
      await Promise.all(all.slice(from, from + 50).map(key => recordRemoval(address, key)));
    }
    const { generation, removals } = await readGeneration(address);
    expect({ generation, last: removals.last }).toEqual({ generation: 0, last: all.length });
    expect(removals.length).toBeGreaterThanOrEqual(LOG_KEEPS);
    expect(removals.length).toBeLessThan(2 * LOG_KEEPS);
    await recordRemoval(address, 'the last one');
    const later = (await readGeneration(address)).removals;
    expect(later.names('the last one', all.length)).toBe(true);
    expect(later.names(all.at(-1)!, all.length)).toBe(false);
  });

  it('delete the shared entry at once, and reach another function within a second', async () => {
    const time = fakeTime();
    const { address, make } = makeStore(time);
    const [a, b] = [make(), make()];
    const value = { key: 'key', at: time.clock() };
    await a.insert('key', value);
    expect(await b.get('key')).toEqual(value);
    expect(await a.remove('key')).toBe(true);
    const Key = entryKey(address.cache, 0, 'key');
    expect(await db.client.send(new GetCommand({ TableName: address.table, Key }))).not.toHaveProperty(
      'Item',
    );
    await time.advance(900);
    expect(await b.get('key')).toBeUndefined();
    expect(await a.stats()).toMatchObject({ total: 0 });
    expect(await a.remove('key')).toBe(false);
  });

  it('ignore an entry that a late write has left', async () => {
    const time = fakeTime();
    const { make } = makeStore(time);
    const [a, b] = [make(), make()];
    await b.get('warm up');
    await a.remove('key');
    await b.insert('key', { key: 'key', at: time.clock() });
    await b.settle();
    expect(await a.stats()).toMatchObject({ total: 0, active: 0 });
    expect(await a.get('key')).toBeUndefined();
  });

  it('hold in random histories', async () => {
    await fc.assert(
      fc.asyncProperty(moves(30), async all => {
        const time = fakeTime();
        await runMoves(all, { time, ...tracked(makeStore(time).store) });
      }),
      { numRuns: 20 },
    );
  });
});
