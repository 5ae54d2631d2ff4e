import { expect, it } from 'vitest';
import { waysOfCounters, waysOfFlows } from '../../../web/pages/traffic/way-rows.ts';

const RANGE = { from: '2026-01-31T12:00:00Z', to: '2026-01-31T13:00:00Z' };
const WAY = { site_id: 'a', policy_id: '1', endpoint_id: 'wan1' };
const sum = (bytes_exact: string) => ({ bytes_exact });

it('ends ways of the counters at the endpoint, and sums up all but the largest in one row', () => {
  const rows = [{ ...WAY, ...sum('75') }];
  const answer = { ...RANGE, rows, other: sum('25'), other_rows: 3, total: sum('100') };
  expect(waysOfCounters(answer)).toEqual([
    { kind: 'WAY', ids: ['a', '1', 'wan1'], bytes: 75n, share: 0.75 },
    { kind: 'OTHER', ids: [null, null, null], bytes: 25n, share: 0.25 },
  ]);
});

it('ends ways of flows at the network, with a row for traffic that is not in the log', () => {
  const rows = [{ ...WAY, destination_prefix: '192.0.2.0/24', ...sum('50') }];
  const answer = {
    ...RANGE,
    ...{ rows, other: sum('20'), other_rows: 2, unattributed: sum('30'), total: sum('100') },
  };
  expect(waysOfFlows(answer)).toEqual([
    { kind: 'WAY', ids: ['a', '1', 'wan1', '192.0.2.0/24'], bytes: 50n, share: 0.5 },
    { kind: 'OTHER', ids: [null, null, null, null], bytes: 20n, share: 0.2 },
    { kind: 'UNLOGGED', ids: [null, null, null, null], bytes: 30n, share: 0.3 },
  ]);
});

it('has no row without traffic', () => {
  const none = { ...RANGE, rows: [], other: sum('0'), other_rows: 0, total: sum('0') };
  expect(waysOfCounters(none)).toEqual([]);
  expect(waysOfFlows({ ...none, unattributed: sum('0') })).toEqual([]);
});
