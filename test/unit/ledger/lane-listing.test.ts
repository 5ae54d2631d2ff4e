import { describe, expect, it } from 'vitest';
import { emptyPair, type Lane, newLane } from '../../../core/ledger/lane/lane.ts';
import { addedListing, wholeListing } from '../../../core/ledger/lane/lane-listing.ts';
import { NO_CHANGES } from '../../../core/ledger/lane/lane-state.ts';

/** A lane at a site with a pair of each endpoint, each with its own policy. */
function laneAt(site_id: string, endpoints: readonly string[]): Lane {
  const pairs = endpoints.map((endpoint_id, i) => emptyPair({ policy_id: `p${i}`, endpoint_id }));
  const byKey = new Map(pairs.map(pair => [`${pair.policy_id} ${pair.endpoint_id}`, pair]));
  return { ...newLane({ edge_id: 'edge-1', part: 0 }), site_id, pairs: byKey };
}

describe('a listed lane is also listed', () => {
  it.each<[string, Lane, { sites: string[]; endpoints: string[] } | undefined]>([
    ['nowhere, if nothing is new', laneAt('north', ['wan1', 'wan2']), undefined],
    [
      'nowhere, for another policy of an endpoint that it had',
      laneAt('north', ['wan1', 'wan2', 'wan2']),
      undefined,
    ],
    [
      'under a new endpoint, and not under its site again',
      laneAt('north', ['wan1', 'wan2', 'wan3', 'wan1']),
      { sites: [], endpoints: ['wan3'] },
    ],
    ['under another site', laneAt('south', ['wan1', 'wan2']), { sites: ['south'], endpoints: [] }],
    ['under both', laneAt('south', ['wan1', 'wan2', 'wan3']), { sites: ['south'], endpoints: ['wan3'] }],
  ])('%s', (_, after, expected) => {
    const listing = addedListing(laneAt('north', ['wan1', 'wan2']), after);
    expect(listing && { sites: [...listing.sites], endpoints: [...listing.endpoints] }).toEqual(expected);
  });
});

it('lists an unlisted lane under all endpoints that it has counted for, also those of idle pairs', () => {
  const idle = { ...emptyPair({ policy_id: 'old', endpoint_id: 'wan9' }), boot_id: '' };
  const segment = { version: 5, older: [], pairs: new Map([['old wan9', idle]]) };
  const state = {
    lane: { ...laneAt('north', ['wan1', 'wan2']), idle_version: 5 },
    idle: [segment],
    ...{ boots: new Map(), parts: new Map(), changes: NO_CHANGES },
  };
  const { endpoints } = wholeListing({ site_id: 'north' }, state);
  expect([...endpoints].sort()).toEqual(['wan1', 'wan2', 'wan9']);
});

it('lists an unlisted lane under the site that it has left, too', () => {
  const lane = { ...newLane({ edge_id: 'edge-1', part: 0 }), site_id: 'south' };
  const state = { lane, idle: undefined, boots: new Map(), parts: new Map(), changes: NO_CHANGES };
  const { sites } = wholeListing({ site_id: 'north' }, state);
  expect([...sites].sort()).toEqual(['north', 'south']);
});
