import { describe, expect, it } from 'vitest';
import type { CacheLevel } from '../../core/cache/cache-level.ts';
import type { CachedEntry } from '../../core/cache/cached-entry.ts';
import { RemovalLog, removalHash } from '../../core/cache/generation/removal-log.ts';
import { type FakeTime, fakeTime } from './fake-time.ts';

/** The behaviour of every level of a cache, wherever it stores its entries. */
export function describeCacheLevel(name: string, make: (time: FakeTime) => CacheLevel<string>): void {
  describe(`cache level: ${name}`, () => {
    function set() {
      const time = fakeTime();
      const level = make(time);
      const entry = (value: string, more: Partial<CachedEntry<string>> = {}): CachedEntry<string> => ({
        value,
        generation: 0,
        removals: 0,
        expires_ms: time.clock() + 1000,
        size: value.length,
        ...more,
      });
      return { time, level, entry };
    }

    it('returns a stored value', async () => {
      const { level, entry } = set();
      expect(await level.put('key', entry('value'))).toBe('stored');
      expect((await level.get('key', 0))?.value).toBe('value');
      expect(await level.get('other', 0)).toBeUndefined();
    });

    it('keeps keys of any script and of 1,024 bytes apart', async () => {
      const { level, entry } = set();
      const keys = ['ключ', '鍵', '🔑', 'a#b', 'a', `${'x'.repeat(1023)}1`, `${'x'.repeat(1023)}2`];
      for (const key of keys) await level.put(key, entry(`value of ${key}`));
      for (const key of keys) expect((await level.get(key, 0))?.value).toBe(`value of ${key}`);
    });

    it('serves an entry until the millisecond of its expiry', async () => {
      const { level, entry, time } = set();
      await level.put('key', entry('value'));
      await time.advance(999);
      expect((await level.get('key', 0))?.value).toBe('value');
      await time.advance(1);
      expect(await level.get('key', 0)).toBeUndefined();
    });

    it('replaces a value together with its expiry', async () => {
      const { level, entry, time } = set();
      await level.put('key', entry('first'));
      await time.advance(900);
      await level.put('key', entry('second'));
      await time.advance(900);
      expect((await level.get('key', 0))?.value).toBe('second');
    });

    it('never lets an older measurement replace a newer one', async () => {
      const { level, entry } = set();
      await level.put('key', entry('newer', { measured_ms: 2000 }));
      expect(await level.put('key', entry('older', { measured_ms: 1999 }))).toBe('older');
      expect((await level.get('key', 0))?.value).toBe('newer');
      expect(await level.put('key', entry('same time', { measured_ms: 2000 }))).toBe('stored');
      expect((await level.get('key', 0))?.value).toBe('same time');
    });

    it('returns nothing of another generation', async () => {
      const { level, entry } = set();
      await level.put('key', entry('old', { generation: 3 }));
      expect(await level.get('key', 4)).toBeUndefined();
      expect(await level.count(4, RemovalLog.empty)).toEqual({ total: 0, active: 0, expired: 0 });
      await level.put('key', entry('new', { generation: 4 }));
      await level.put('key', entry('late', { generation: 3 }));
      expect((await level.get('key', 4))?.value).toBe('new');
    });

    it('removes a key and returns whether it had a value', async () => {
      const { level, entry, time } = set();
      await level.put('key', entry('value'));
      expect(await level.remove('key', 0)).toBe(true);
      expect(await level.remove('key', 0)).toBe(false);
      expect(await level.get('key', 0)).toBeUndefined();
      await level.put('key', entry('value'));
      await time.advance(1000);
      expect(await level.remove('key', 0)).toBe(false);
    });

    it('stores the number of known removals, and does not count entries that may have been removed since', async () => {
      const { level, entry } = set();
      await level.put('removed', entry('x', { removals: 6 }));
      await level.put('added again', entry('x', { removals: 7 }));
      await level.put('too old to tell', entry('x', { removals: 5 }));
      await level.put('other', entry('x', { removals: 6 }));
      const log = new RemovalLog(7, [removalHash('removed')]);
      expect(await level.count(0, log)).toEqual({ total: 2, active: 2, expired: 0 });
      expect((await level.get('removed', 0))?.removals).toBe(6);
    });

    it('counts active and expired entries, and cleans up only the expired ones', async () => {
      const { level, entry, time } = set();
      for (let i = 0; i < 40; i++) await level.put(`short-${i}`, entry('x'));
      await time.advance(500);
      for (let i = 0; i < 10; i++) await level.put(`long-${i}`, entry('y'));
      await time.advance(500);
      expect(await level.count(0, RemovalLog.empty)).toEqual({ total: 50, active: 10, expired: 40 });
      expect(await level.cleanupExpired(0)).toBe(40);
      expect(await level.count(0, RemovalLog.empty)).toEqual({ total: 10, active: 10, expired: 0 });
      expect(await level.cleanupExpired(0)).toBe(0);
    });
  });
}
