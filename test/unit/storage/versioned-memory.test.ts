import { beforeEach, describe, expect, it } from 'vitest';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { VersionedMemory } from '../../../core/storage/versioned-memory.ts';

let now: number;
/** What a reading finds. */
let version: number;
let readings: number;
/** How long a reading takes, milliseconds. */
let takes_ms: number;
let memory: VersionedMemory<{ version: number }>;
const context = { clock: () => now } as StoreContext;

beforeEach(() => {
  [now, version, readings, takes_ms] = [1_000_000, 5, 0, 0];
  memory = new VersionedMemory(async () => {
    const found = { version };
    readings += 1;
    now += takes_ms;
    return found;
  });
});

const read = async (at_least?: number) => (await memory.read(context, at_least)).version;

describe('a memory of what has a version', () => {
  it('reads once a second, however many ask', async () => {
    for (let ms = 0; ms < 3000; ms += 10) {
      expect(await read(5)).toBe(5);
      now += 10;
    }
    expect(readings).toBe(3);
  });

  it('reads anew for a newer version than it has, and then has that', async () => {
    await read();
    version = 6;
    expect([await read(5), await read(6), await read(5), await read(6)]).toEqual([5, 6, 6, 6]);
    expect(readings).toBe(2);
  });

  it.each([undefined, Number.NaN])('reads anew for whom names %s as the version', async at_least => {
    await read(5);
    version = 6;
    expect(await read(at_least)).toBe(6);
  });

  it('reads anew each time where a version is named that there is not, as after a restore', async () => {
    expect([await read(9), await read(9)]).toEqual([5, 5]);
    expect(readings).toBe(2);
  });

  it('counts the second from when the reading began', async () => {
    takes_ms = 600;
    await read();
    now += 399;
    await read(5);
    expect(readings).toBe(1);
    now += 1;
    await read(5);
    expect(readings).toBe(2);
  });

  it('reads anew when the clock went back', async () => {
    await read();
    now -= 1;
    await read(5);
    expect(readings).toBe(2);
  });
});
