import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  type Dimension,
  type DimensionFilter,
  idsOf,
  isFiltered,
  passes,
} from '../../../core/totals/dimension-filter.ts';

const DIMENSIONS: Dimension[] = ['policy_id', 'site_id', 'endpoint_id', 'edge_id'];
const id = fc.constantFrom('a', 'b', 'c', 'd');
const ids = fc.array(id, { minLength: 1, maxLength: 4 });
const listOf = { policy_ids: ids, site_ids: ids, endpoint_ids: ids, edge_ids: ids };
const filters: fc.Arbitrary<DimensionFilter> = fc.record(
  {
    ...{ policy_id: id, site_id: id, endpoint_id: id, edge_id: id, ...listOf },
    not: fc.record(listOf, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);

it('accepts counts if each dimension is the given id, in the given list and not in the excluded one', () => {
  const counts = fc.record({ policy_id: id, site_id: id, endpoint_id: id, edge_id: id });
  const property = fc.property(filters, counts, (filter, dimensions) => {
    const expected = DIMENSIONS.every(name => {
      const given = dimensions[name];
      const { [name]: one = given, [`${name}s` as const]: list = [given] } = filter;
      return one === given && list.includes(given) && !(filter.not?.[`${name}s`] ?? []).includes(given);
    });
    expect(passes(filter, dimensions)).toBe(expected);
    for (const name of DIMENSIONS) {
      const alone = passes(filter, { [name]: dimensions[name] });
      const list = idsOf(filter, name);
      if (list) expect(list.includes(dimensions[name]), name).toBe(alone);
      else if (!isFiltered(filter, name)) expect(alone, name).toBe(true);
    }
  });
  fc.assert(property);
});

it.each<[string, DimensionFilter, readonly string[] | undefined, boolean]>([
  ['nothing', {}, undefined, false],
  ['another dimension', { site_id: 'a', not: { site_ids: ['b'] } }, undefined, false],
  ['one id', { edge_id: 'a' }, ['a'], true],
  ['a list, each id once', { edge_ids: ['a', 'b', 'a'] }, ['a', 'b'], true],
  ['one id and a list with it', { edge_id: 'b', edge_ids: ['a', 'b'] }, ['b'], true],
  ['one id and a list without it', { edge_id: 'c', edge_ids: ['a', 'b'] }, [], true],
  ['no id of a list', { edge_ids: [] }, [], true],
  ['ids that never pass', { not: { edge_ids: ['a'] } }, undefined, true],
  ['no id that never passes', { not: { edge_ids: [] } }, undefined, false],
  ['a list without those that never pass', { edge_ids: ['a', 'b'], not: { edge_ids: ['a'] } }, ['b'], true],
])('knows for a filter with %s which ids pass, and whether it filters', (_, filter, list, filtered) => {
  expect(idsOf(filter, 'edge_id')).toEqual(list);
  expect(isFiltered(filter, 'edge_id')).toBe(filtered);
});

it('ignores dimensions that are not given', () => {
  expect(passes({ policy_id: 'a', not: { site_ids: ['s'] } }, { policy_id: 'a' })).toBe(true);
});
