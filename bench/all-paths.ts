import { makeApi } from '../test/support/api.ts';
import { createTable } from '../test/support/create-table.ts';
import type { BenchRow } from './bench-row.ts';
import { PATHS, putRingNetwork } from './support/ring-network.ts';
import { withDatabase } from './support/with-database.ts';

/** Limit as a share of the time of one query for each site, which the console needed before. */
const MAX_RATIO = 0.5;
/** Limit as a share of the time of the first view, when the function has the paths in memory. */
const MAX_HELD_RATIO = 0.5;

const tables = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };
const START = Date.parse('2026-01-31T12:00:00Z');

/**
 * The first view of a network of 1,000 sites and 4,000 paths: the matrix and the worst 200, then
 * the same again.
 */
export async function run(): Promise<BenchRow[]> {
  return withDatabase(async client => {
    for (const name of Object.values(tables)) {
      await createTable(client, name, { expiryIndex: name === tables.cache });
    }
    const sites = await putRingNetwork(client, tables, START);
    const api = makeApi({ client, tables });
    api.now = START;
    const first = async () => {
      const worst = await api.data('Query.allPaths', { limit: 200 }, { selection: SELECTION });
      const matrix = await api.data(
        'Query.pathMatrix',
        {},
        { selection: ['pairs', 'pairs/paths', 'sites', 'sites/name'] },
      );
      if (worst.total !== PATHS) throw new Error(`${worst.total} paths were found`);
      return matrix.total as number;
    };
    const bySite = await timed(async () => {
      for (const site_id of sites) await api.data('Query.paths', { site_id }, { selection: SELECTION });
    });
    const cold = await timed(first);
    api.now += 1000;
    await first();
    const held = await timed(first);
    return [
      row('first view of 1,000 sites and 4,000 paths', cold, {
        peer: 'a query a site',
        peer_value: bySite,
        most: MAX_RATIO,
        note: 'the worst 200 and the matrix in two requests, nothing in memory',
      }),
      row('the same view again', held, {
        peer: 'the first view',
        peer_value: cold,
        most: MAX_HELD_RATIO,
        note: 'the function holds what has not changed',
      }),
    ];
  });
}

const SELECTION = ['items', 'items/id', 'items/status', 'items/metrics', 'total', 'sites', 'sites/name'];

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

function row(
  name: string,
  value: number,
  { peer, peer_value, most, note }: { peer: string; peer_value: number; most: number; note: string },
): BenchRow {
  const ratio = value / peer_value;
  return {
    name,
    value,
    unit: 'ms',
    peer,
    peer_value,
    ratio,
    threshold: `ratio <= ${most}`,
    ok: ratio <= most,
    note,
  };
}
