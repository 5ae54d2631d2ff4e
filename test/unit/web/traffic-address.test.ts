import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseSearch, stringifySearch } from '../../../web/address/search.ts';
import {
  apiFilter,
  type Chosen,
  choose,
  drop,
  FIELD_NAMES,
  readTraffic,
  writeFilter,
  writeGroup,
} from '../../../web/pages/traffic/traffic-address.ts';

const ids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' }), { maxLength: 4 });
const chosen: fc.Arbitrary<Chosen> = fc.record({ only: ids, not: ids });

it('writes any choice to the address and reads it back', () => {
  const choice = fc.record({
    by: fc.constantFrom(...FIELD_NAMES),
    filters: fc.record({ policy: chosen, site: chosen, endpoint: chosen, edge: chosen }),
  });
  const property = fc.property(choice, ({ by, filters }) => {
    const parts = FIELD_NAMES.map(field => writeFilter(field, filters[field]));
    const search = stringifySearch(Object.assign({}, writeGroup(by), ...parts));
    expect(readTraffic(parseSearch(search))).toEqual({ by, filters });
  });
  fc.assert(property);
});

it('is readable in the address', () => {
  const search = { ...writeGroup('site'), ...writeFilter('policy', { only: ['1', '7'], not: ['default'] }) };
  expect(stringifySearch(search)).toBe('?by=site&policy=1,7&not-policy=default');
});

it('omits choices that the address cannot express', () => {
  expect(readTraffic({ by: 'constructor', site: ',,a,a' })).toEqual({
    by: 'policy',
    filters: {
      policy: { only: [], not: [] },
      site: { only: ['a'], not: [] },
      endpoint: { only: [], not: [] },
      edge: { only: [], not: [] },
    },
  });
});

it('puts an id into one of the lists of its field', () => {
  const both = choose(choose({ only: ['a'], not: [] }, 'only', 'b'), 'not', 'a');
  expect(both).toEqual({ only: ['b'], not: ['a'] });
  expect(choose(both, 'not', 'a')).toEqual(both);
  expect(drop(both, 'a')).toEqual({ only: ['b'], not: [] });
});

it('sends lists of the chosen ids to the API, and the excluded ones under not', () => {
  const { filters } = readTraffic({ site: 'a,b', 'not-policy': 'default' });
  expect(apiFilter(filters)).toEqual({ site_ids: ['a', 'b'], not: { policy_ids: ['default'] } });
  expect(apiFilter(readTraffic({ edge: 'e' }).filters)).toEqual({ edge_ids: ['e'] });
  expect(apiFilter(readTraffic({}).filters)).toBeNull();
});
