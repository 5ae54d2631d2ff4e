import { expect, it } from 'vitest';
import { proved } from '../../../web/pages/traffic/proof.ts';

const span = { from: '2026-03-15T12:00:00.000Z', to: '2026-03-15T12:05:00.000Z' };
const stats = (...bytes: string[]) => ({
  ...span,
  rows: bytes.map(bytes_exact => ({ bytes_exact })),
  other: { bytes_exact: '5' },
  total: { bytes_exact: '105', estimated_share: 0 },
  completeness: { edges_expected: 4, edges_heard: 4, late_groups: [] as { name: string }[] },
});
const PROOF = {
  trafficAudit: { agrees: true, policies: 3, lanes: 4, unreadable_lanes: 0, mismatches: [] },
  by_policy: stats('60', '40'),
  by_site: stats('100'),
  by_endpoint: stats('100'),
  by_edge: stats('50', '50'),
  trafficSeries: { ...span, gaps: [false, false], total: { bytes_exact: '105' } },
};

it('adds up each view separately, with the same bytes in all', () => {
  const { views, agrees, missing } = proved(PROOF);
  expect(views.map(({ name, bytes }) => [name, bytes])).toEqual([
    ['By policy', 105n],
    ['By site', 105n],
    ['By endpoint', 105n],
    ['By edge', 105n],
    ['Over time', 105n],
  ]);
  expect([agrees, missing]).toEqual([true, []]);
});

it('reports a view with a missing byte', () => {
  expect(proved({ ...PROOF, by_edge: stats('50', '49') }).agrees).toBe(false);
});

it('shows missing figures with the reason', () => {
  const { missing } = proved({
    ...PROOF,
    trafficAudit: { ...PROOF.trafficAudit, unreadable_lanes: 1 },
    by_policy: {
      ...PROOF.by_policy,
      total: { bytes_exact: '105', estimated_share: 0.5 },
      completeness: { edges_expected: 4, edges_heard: 3, late_groups: [{ name: '3 of 16' }] },
    },
    trafficSeries: { ...PROOF.trafficSeries, gaps: [true, false] },
  });
  expect(missing).toEqual([
    'Edges that have not reported yet for the end of the range: 1 of 4. Their counts are added when they report.',
    'Groups of edges that were not read in time: 1. Their figures are those of the previous reading.',
    'Intervals without a measurement: 1. Their traffic is in the next interval; none is lost.',
    'Edges whose counts this release cannot read: 1. They are not included in these figures.',
    'Some edges count samples of their packets: their bytes are estimated.',
  ]);
});
