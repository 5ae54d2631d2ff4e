import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isGivenPolicyId, nextPolicyId } from '../../../core/inventory/policies/policy-id.ts';
import { comparePolicies } from '../../../core/inventory/policies/policy-items.ts';
import { comparePolicyIds, compilePolicies } from '../../../core/policy/policy-match.ts';

/** How edges of the last release compare ids. */
function oldComparePolicyIds(a: string, b: string): number {
  const numeric = /^(0|[1-9]\d*)$/;
  const aNumeric = numeric.test(a);
  const bNumeric = numeric.test(b);
  if (aNumeric !== bNumeric) return aNumeric ? -1 : 1;
  if (aNumeric && a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

const clocks = fc.array(fc.integer({ min: 0, max: 2 ** 42 }), { minLength: 1, maxLength: 30 });

describe('ids of policies', () => {
  it('sort in the order of creation for every edge and list, with any clock, after those of earlier releases', () => {
    fc.assert(
      fc.property(clocks, times => {
        const ids = ['1', '2', '10', '999'];
        let last: string | null = null;
        for (const now of times) {
          last = nextPolicyId(now, last);
          ids.push(last);
        }
        const mixed = ids.toReversed();
        expect(mixed.toSorted(comparePolicyIds)).toEqual(ids);
        expect(mixed.toSorted(oldComparePolicyIds)).toEqual(ids);
        const rules = mixed.map(id => ({ id, name: id, priority: 5, enabled: true, match: {} }));
        expect(rules.toSorted(comparePolicies).map(({ id }) => id)).toEqual(ids);
        expect(compilePolicies(rules).policy_ids).toEqual([...ids, 'default']);
        for (const id of ids) expect(isGivenPolicyId(id)).toBe(true);
      }),
    );
  });

  it('are never equal, even at the same moment', () => {
    const ids = Array.from({ length: 1000 }, () => nextPolicyId(0, null));
    expect(new Set(ids).size).toBe(1000);
  });

  it.each([
    '#META',
    '',
    '*',
    'default',
    '0',
    '007',
    'p-',
    'p-01K',
    '__proto__',
    'p-01KBBBBBBBBBBBBBBBBBBBBBBB',
  ])('are never %j', id => {
    expect(isGivenPolicyId(id)).toBe(false);
  });
});
