import { DeleteCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aggregate } from '../../../core/history/aggregate.ts';
import { readLanesAtEnds } from '../../../core/history/lane-history.ts';
import { DEFAULT_RETENTION } from '../../../core/history/resolution.ts';
import { takeSnapshot } from '../../../core/history/snapshot.ts';
import { ingest } from '../../../core/ingest/ingest.ts';
import { withdrawSilentGauges } from '../../../core/ingest/silent-gauges.ts';
import { siteLanesPartition } from '../../../core/ledger/lane-keys.ts';
import { clientWith } from '../../support/fake-dynamodb.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { reportRecord, T0 } from '../../support/report-records.ts';
import { asFunction } from '../../support/rights/as-function.ts';
import { servedEdges } from '../../support/served-edges.ts';
import { storeContext } from '../../support/store-context.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const MINUTE = 60_000;

describe('traffic of a site in a range', () => {
  let db: TestTables;
  let now = T0;
  const seqs = new Map<string, number>();

  beforeAll(async () => {
    db = await createTables();
  });
  afterAll(() => db.drop());

  /** An edge has this total since its boot; then a snapshot of the minute is taken. */
  async function minute(edges: Record<string, { site_id: string; packets: bigint }>): Promise<void> {
    for (const [edge_id, { site_id, packets }] of Object.entries(edges)) {
      const seq = (seqs.get(edge_id) ?? 0) + 1;
      seqs.set(edge_id, seq);
      const policies = [{ policy_id: '1', endpoint_id: 'wan1', packets, bytes: packets * 100n }];
      const place = { arrived_ms: now - T0, sequence: seq, partition_key: edge_id };
      await ingest(
        [reportRecord({ edge_id, site_id, seq, sent_ms: now - T0, policies }, place)],
        ingestContext(db),
      );
    }
    now += MINUTE;
    await asFunction('snapshot', () =>
      takeSnapshot({
        store: { client: db.client, table: db.tables.traffic },
        scheduled_at: now,
        registered: servedEdges(Object.keys(edges)),
        retention: DEFAULT_RETENTION,
        clock: () => now,
        sleep: async () => {},
      }),
    );
  }

  /** The traffic of a range at a site, and the partitions that were read in full. */
  async function ask(site_id: string, { from, to }: { from: number; to: number }) {
    const partitions: string[] = [];
    const client = clientWith(async command => {
      if (command instanceof QueryCommand) partitions.push(command.input.ExpressionAttributeValues?.[':pk']);
      return db.client.send(command as never);
    });
    const store = { ...storeContext({ ...db, client }, () => now), table: db.tables.traffic };
    const ends = await readLanesAtEnds(store, {
      ...{ from, to, now, retention: DEFAULT_RETENTION },
      filter: { site_id },
    });
    const { total } = aggregate({
      before: ends.before?.lanes ?? [],
      after: ends.after?.lanes ?? [],
      ...{ group_by: ['EDGE'], filter: { site_id }, order_by: 'BYTES', limit: 10 },
    });
    const all = partitions.filter(pk => pk.startsWith('LANES#')).length > 0;
    return { packets: total.packets, reads_all: all };
  }

  it('is read from the listed lanes of the site once all are listed, and from all lanes before', async () => {
    const [first, second, third] = [T0 + MINUTE, T0 + 2 * MINUTE, T0 + 3 * MINUTE];
    await minute({ a: { site_id: 'north', packets: 10n }, b: { site_id: 'south', packets: 100n } });
    await minute({ a: { site_id: 'north', packets: 30n }, b: { site_id: 'south', packets: 300n } });
    await minute({ a: { site_id: 'south', packets: 60n }, b: { site_id: 'south', packets: 600n } });
    // An earlier release moved the edge: it is listed at its new site, not at the old one.
    await db.client.send(
      new DeleteCommand({
        TableName: db.tables.traffic,
        Key: { pk: siteLanesPartition('north'), sk: 'a#0' },
      }),
    );
    expect(await ask('north', { from: first, to: second })).toEqual({ packets: 20n, reads_all: true });
    for (const later of [0, 5]) {
      now = third + later * MINUTE;
      await withdrawSilentGauges({ ...storeContext(db, () => now) });
    }
    const listed = now;
    await minute({ a: { site_id: 'south', packets: 61n }, b: { site_id: 'south', packets: 602n } });
    expect(await ask('north', { from: first, to: second })).toEqual({ packets: 20n, reads_all: true });
    expect(await ask('south', { from: listed, to: now })).toEqual({ packets: 3n, reads_all: false });
    // An edge that moved counts for its last site, also for the time before the move.
    expect(await ask('south', { from: second, to: now })).toEqual({ packets: 333n, reads_all: false });
    expect(await ask('north', { from: second, to: now })).toEqual({ packets: 0n, reads_all: false });
    await minute({ a: { site_id: 'north', packets: 65n }, b: { site_id: 'south', packets: 602n } });
    expect(await ask('north', { from: listed + MINUTE, to: now })).toEqual({ packets: 4n, reads_all: false });
  });
});
