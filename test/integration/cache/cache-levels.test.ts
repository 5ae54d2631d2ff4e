import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryLevel } from '../../../core/cache/memory/memory-level.ts';
import { entryKey } from '../../../core/cache/shared/table-keys.ts';
import {
  SHARED_VALUE_MAX_BYTES,
  TableLevel,
  type TableLevelOptions,
} from '../../../core/cache/shared/table-level.ts';
import { jsonCodec } from '../../../core/cache/value-codec.ts';
import { describeCacheLevel } from '../../support/cache-level-contract.ts';
import { type FakeTime, fakeTime } from '../../support/fake-time.ts';
import { asFunction } from '../../support/rights/as-function.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

let db: TestTables;
let caches = 0;
beforeAll(async () => {
  db = await createTables();
});
afterAll(() => db.drop());

const codec = jsonCodec({
  shape: 2,
  parse(raw) {
    if (typeof raw !== 'string') throw new TypeError('no text');
    return raw;
  },
});

function tableLevel(time: FakeTime, more: Partial<TableLevelOptions<string>> = {}) {
  const cache = `levels-${caches++}`;
  const options = { client: db.client, table: db.tables.cache, cache, codec, clock: time.clock, ...more };
  return { level: new TableLevel(options), cache };
}

describeCacheLevel('memory', time => new MemoryLevel({ max_entries: 1000, max_bytes: 1e6 }, time.clock));
describeCacheLevel('table', time => tableLevel(time).level);

describe('memory level', () => {
  const entry = (size: number) => ({
    value: 'x',
    size,
    generation: 0,
    removals: 0,
    expires_ms: Number.MAX_SAFE_INTEGER,
  });

  it('is bounded in entries: the least recently used one is removed', () => {
    const level = new MemoryLevel<string>({ max_entries: 2, max_bytes: 1e6 }, () => 0);
    level.put('a', entry(1));
    level.put('b', entry(1));
    level.get('a', 0);
    level.put('c', entry(1));
    expect(['a', 'b', 'c'].map(key => level.get(key, 0) !== undefined)).toEqual([true, false, true]);
    expect([...level.recentKeys(10)]).toEqual(['c', 'a']);
  });

  it('is bounded in bytes, and rejects larger entries', () => {
    const level = new MemoryLevel<string>({ max_entries: 100, max_bytes: 10_000 }, () => 0);
    for (let i = 0; i < 50; i++) level.put(`key-${i}`, entry(1000));
    expect(level.count(0).total).toBe(8);
    expect(level.put('huge', entry(20_000))).toBe('too_large');
  });
});

describe('table level', () => {
  const entryOf = (time: FakeTime, value: string) => ({
    value,
    size: value.length,
    generation: 0,
    removals: 0,
    expires_ms: time.clock() + 60_000,
  });

  it('stores the TTL attribute in whole seconds, never before the entry expires', async () => {
    const time = fakeTime(1_000_001);
    const { level, cache } = tableLevel(time);
    await level.put('key', entryOf(time, 'value'));
    const { Item } = await db.client.send(
      new GetCommand({ TableName: db.tables.cache, Key: entryKey(cache, 0, 'key') }),
    );
    expect(Item).toMatchObject({ expires_ms: 1_060_001, expires_at: 1061, shape: 2, value: '"value"' });
  });

  it('stores values over 256 KB in memory only', async () => {
    const time = fakeTime();
    const { level } = tableLevel(time);
    const fits = 'x'.repeat(SHARED_VALUE_MAX_BYTES - 2);
    expect(await level.put('fits', entryOf(time, fits))).toBe('stored');
    expect(await level.put('large', entryOf(time, `${fits}x`))).toBe('too_large');
    expect((await level.get('fits', 0))?.value).toBe(fits);
    expect(await level.get('large', 0)).toBeUndefined();
  });

  it.each([
    ['an older shape', { shape: 1 }],
    ['no shape', { shape: undefined }],
    ['broken JSON', { value: '{' }],
    ['another type of value', { value: '42' }],
    ['bytes for text', { value: new Uint8Array([1, 2]) }],
    ['no expiry', { expires_ms: undefined }],
    ['a broken stamp', { shape: 1, written_ms: undefined }],
  ])(
    'treats %s as a miss, reports it and removes it, in both functions with caches',
    async (_what, broken) => {
      const time = fakeTime();
      const garbage: unknown[] = [];
      const { level, cache } = tableLevel(time, { onGarbage: reason => garbage.push(reason) });
      const good = { shape: 2, value: '"v"', expires_ms: time.clock() + 1000, written_ms: time.clock() };
      const Key = entryKey(cache, 0, 'key');
      for (const name of ['api', 'ingest']) {
        await db.client.send(
          new PutCommand({ TableName: db.tables.cache, Item: { ...Key, ...good, ...broken } }),
        );
        expect(await asFunction(name, () => level.get('key', 0))).toBeUndefined();
        const { Item } = await db.client.send(new GetCommand({ TableName: db.tables.cache, Key }));
        expect(Item).toBeUndefined();
      }
      expect(garbage).toHaveLength(2);
    },
  );

  it('keeps an entry of a newer release', async () => {
    const time = fakeTime();
    const garbage: unknown[] = [];
    const { level, cache } = tableLevel(time, { onGarbage: reason => garbage.push(reason) });
    const Key = entryKey(cache, 0, 'key');
    await db.client.send(new PutCommand({ TableName: db.tables.cache, Item: { ...Key, shape: 3 } }));
    expect(await level.get('key', 0)).toBeUndefined();
    expect(garbage).toEqual([]);
    const { Item } = await db.client.send(new GetCommand({ TableName: db.tables.cache, Key }));
    expect(Item).toMatchObject({ shape: 3 });
  });

  it('skips a write shortly after one of the same measurement', async () => {
    const time = fakeTime();
    const { level } = tableLevel(time, { write_interval_ms: 1000 });
    const measured = (measured_ms: number) => ({ ...entryOf(time, String(measured_ms)), measured_ms });
    expect(await level.put('key', measured(2000))).toBe('stored');
    expect(await level.put('key', measured(2000))).toBe('older');
    expect(await level.put('key', measured(2001))).toBe('too_soon');
  });

  it('writes a key at most once in an interval across functions', async () => {
    const time = fakeTime();
    const { level } = tableLevel(time, { write_interval_ms: 1000 });
    expect(await level.put('key', entryOf(time, 'first'))).toBe('stored');
    await time.advance(999);
    expect(await level.put('key', entryOf(time, 'too soon'))).toBe('too_soon');
    await time.advance(1);
    expect(await level.put('key', entryOf(time, 'second'))).toBe('stored');
    time.set(0);
    expect(await level.put('key', entryOf(time, 'clock set back'))).toBe('stored');
  });
});
