import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../core/flows/object-key.ts';
import { planMerges } from '../../../core/flows/plan-merges.ts';
import type { StoredObject } from '../../../core/flows/read-hour.ts';

const MIB = 1024 * 1024;
const hour = Date.UTC(2026, 0, 31, 12);
const ended = hour + HOUR_MS + 120_000;

function objectOf(index: number, given: Partial<StoredObject> = {}): StoredObject {
  const at = hour + index * 1000;
  const digest = 'a'.repeat(32);
  return { key: `k${index}`, hour, first_ms: at, last_ms: at, generation: 0, digest, size: 1000, ...given };
}

const many = Array.from({ length: 6 }, (_, index) => objectOf(index));

describe('the merges of an hour', () => {
  it('begin two minutes after its end', () => {
    expect(planMerges(many, { hour, now: ended - 1, erased_ms: 0 })).toEqual([]);
    expect(planMerges(many, { hour, now: ended, erased_ms: 0 })).toEqual([many]);
  });

  it('need more than four objects, or one that may hold erased data', () => {
    const few = many.slice(0, 4);
    expect(planMerges(few, { hour, now: ended, erased_ms: hour })).toEqual([]);
    expect(planMerges(few, { hour, now: ended, erased_ms: hour + 1 })).toEqual([few]);
  });

  it('include small merged objects, and neither large ones nor a merge of one object', () => {
    const small = objectOf(1, { key: 'small', generation: 1, size: 2 * MIB - 1 });
    const large = objectOf(2, { key: 'large', generation: 1, size: 2 * MIB });
    expect(planMerges([small, large, ...many], { hour, now: ended, erased_ms: 0 })).toEqual([
      [small, ...many],
    ]);
    expect(planMerges([small, large], { hour, now: ended, erased_ms: 0 })).toEqual([]);
  });

  it('contain each batch once, in groups of at most 8 MiB or a single object', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ size: fc.integer({ min: 1, max: 12 * MIB }), generation: fc.nat(1) }), {
          maxLength: 30,
        }),
        given => {
          const listed = given.map((some, index) => objectOf(index, some));
          const groups = planMerges(listed, { hour, now: ended, erased_ms: Number.POSITIVE_INFINITY });
          const batches = listed.filter(({ generation }) => generation === 0);
          expect(groups.flat().filter(({ generation }) => generation === 0)).toEqual(batches);
          for (const group of groups) {
            const bytes = group.reduce((sum, { size }) => sum + size, 0);
            expect(group.length === 1 || bytes <= 8 * MIB).toBe(true);
          }
        },
      ),
    );
  });
});
