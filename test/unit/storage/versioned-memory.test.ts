import { beforeEach, describe, expect, it } from 'vitest';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { VersionedMemory } from '../../../core/storage/versioned-memory.ts';

let now: number;
/** The result of a read. */
let version: number;
let readings: number;
/** Reads only the version. */
let looks: number;
/** The duration of a read, milliseconds. */
let takes_ms: number;
let memory: VersionedMemory<{ version: number }>;
const context = { clock: () => now } as StoreContext;

beforeEach(() => {
  [now, version, readings, looks, takes_ms] = [1_000_000, 5, 0, 0, 0];
  memory = new VersionedMemory({
    async readVersion() {
      looks += 1;
      return version;
    },
    async read() {
      const found = { version };
      readings += 1;
      now += takes_ms;
      return found;
    },
  });
});

const read = async (at_least?: number) => (await memory.read(context, at_least)).version;

describe('a memory of a versioned value', () => {
  it('reads once, and checks the version once a second for any number of callers', async () => {
    for (let ms = 0; ms < 3000; ms += 10) {
      expect(await read(5)).toBe(5);
      now += 10;
    }
    expect({ readings, looks }).toEqual({ readings: 1, looks: 2 });
  });

  it('reads again after a second if there is another version, also an older one', async () => {
    await read();
    for (const other of [6, 4]) {
      version = other;
      now += 1000;
      expect(await read(4)).toBe(other);
    }
    expect(readings).toBe(3);
  });

  it('reads again for a newer version than its own, and then has that', async () => {
    await read();
    version = 6;
    expect([await read(5), await read(6), await read(5), await read(6)]).toEqual([5, 6, 6, 6]);
    expect(readings).toBe(2);
  });

  it.each([undefined, Number.NaN])('reads again for a caller with the version %s', async at_least => {
    await read(5);
    version = 6;
    expect(await read(at_least)).toBe(6);
  });

  it('reads again each time for a version that does not exist, as after a restore', async () => {
    expect([await read(9), await read(9)]).toEqual([5, 5]);
    expect(readings).toBe(2);
  });

  it('counts the second from the start of the read', async () => {
    takes_ms = 600;
    await read();
    now += 399;
    await read(5);
    expect(looks).toBe(0);
    now += 1;
    await read(5);
    expect(looks).toBe(1);
  });

  it('checks the version if the clock was set back', async () => {
    await read();
    now -= 1;
    await read(5);
    expect(looks).toBe(1);
  });
});
