import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deleteSite } from '../../../core/inventory/removal/delete-site.ts';
import { readRunning } from '../../../core/inventory/removal/operation-entry.ts';
import { readCounters } from '../../../core/ledger/figures/read-counters.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import type { StepContext } from '../../../functions/cleanup/cleanup-step.ts';
import { runSteps } from '../../../functions/cleanup/run-steps.ts';
import { steps } from '../../../functions/cleanup/steps.ts';
import { makeProductCaches } from '../../../functions/product-caches.ts';
import { DrillEdge, DrillStream, deliver } from '../../support/drill-edge.ts';
import { type ExportBed, makeExportBed } from '../../support/export-bed.ts';
import { clientWith } from '../../support/fake-dynamodb.ts';
import { Killed } from '../../support/faults.ts';
import { admin, makeHub } from '../../support/network-bed.ts';
import { T0 } from '../../support/report-records.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const WEEK = 7 * DAY;
/** The duration of each call to the database, by the clock of the drill. */
const CALL_MS = 10;
const RUN_MS = 230_000;

const EDGES = 60;
/** Entries of a cache that expire while nothing removes them. */
const EXPIRED = 40;

const iso = (ms: number): string => new Date(ms).toISOString();

let bed: ExportBed;

beforeAll(async () => {
  bed = await makeExportBed();
  bed.api.now = T0;
});
afterAll(() => bed.close());

/** A context whose clock each call moves on, and whose calls are counted. */
function working(run_ms: number, { killedAfter = Number.POSITIVE_INFINITY } = {}) {
  const deadline = bed.api.now + run_ms;
  const counted = { calls: 0 };
  const client = clientWith(async command => {
    counted.calls += 1;
    if (counted.calls > killedAfter) throw new Killed();
    bed.api.now += CALL_MS;
    return bed.client.send(command as never);
  });
  const context: StoreContext = {
    client,
    tables: bed.tables,
    clock: () => bed.api.now,
    sleep: async ms => {
      bed.api.now += Math.ceil(ms);
    },
    random: () => 0.5,
    deadline,
  };
  return { context, counted };
}

/** One run of the clean-up, as its schedule brings it. */
async function cleanUp(run_ms = RUN_MS) {
  bed.api.now = Math.ceil((bed.api.now + 1) / (5 * MINUTE)) * 5 * MINUTE;
  const { context, counted } = working(run_ms);
  const run: StepContext = {
    ...context,
    scheduled_at: bed.api.now,
    exports: { dispatch: async id => void bed.dispatched.push(id) },
  };
  const began = bed.api.now;
  const reports = await runSteps(steps, run);
  expect(reports.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  const details = Object.fromEntries(reports.map(({ name, details }) => [name, details]));
  return { details, took: bed.api.now - began, calls: counted.calls };
}

const activeFlows = async () => (await readCounters(bed.client, bed.tables)).get('default')?.active_flows;

describe('drill: clean-up was stopped for a week', () => {
  it('the next runs catch up: gauges, deletions, exports, expired entries, each run within its time limit', async () => {
    // The backlog: edges that fell silent, an interrupted deletion, an abandoned export, expired
    // entries.
    const stream = new DrillStream();
    const edges = Array.from({ length: EDGES }, (_, index) => new DrillEdge(`edge-${index}`));
    await deliver(
      bed,
      edges.map(edge => edge.report(stream, 10n, T0)),
      { now: T0 },
    );
    expect(await activeFlows()).toBe(EDGES);
    const site = await makeHub(working(RUN_MS).context, { paths: 120, peers: 3 });
    const cut = working(RUN_MS, { killedAfter: 4 });
    await expect(deleteSite(cut.context, admin, { site_id: site.hub.id })).rejects.toThrow(Killed);
    // An export is kept for a week: one from the first day is still queried at the end.
    bed.api.now = T0 + DAY;
    const { id } = await bed.api.data('Mutation.startExport', {
      input: { kind: 'AUDIT', format: 'JSONL', from: iso(T0 - 60 * MINUTE), to: iso(T0) },
    });
    // The call that would have started it was lost.
    bed.dispatched.length = 0;
    await fillCache();

    bed.api.now = T0 + WEEK;
    // Runs of a few seconds represent runs with far more work than time.
    const runs = [];
    for (let run = 0; run < 6; run++) runs.push(await cleanUp(5000));
    for (const { took } of runs) expect(took).toBeLessThan(5000 + 60 * CALL_MS);

    expect(await activeFlows()).toBe(0);
    expect(await readRunning(working(RUN_MS).context)).toEqual([]);
    expect(await bed.api.data('Query.site', { id: site.hub.id })).toBeNull();
    expect(bed.dispatched).toContain(id);
    bed.dispatched.splice(0, bed.dispatched.length, id);
    expect(await bed.runAll()).toEqual(['done']);
    const removed = runs.map(({ details }) => Number(details.caches!.removed));
    expect(removed.reduce((sum, each) => sum + each, 0)).toBe(EXPIRED);

    // Nothing is left: a full run finds nothing more, and counts are unchanged.
    const last = await cleanUp();
    expect(last.details).toMatchObject({
      gauges: { lanes_read: EDGES, lanes_taken_out: 0, complete: true },
      caches: { removed: 0, finished: true },
      deletions: { finished: 0, running: 0, removed: 0 },
      exports: { resumed: 0, complete: true },
    });
    expect((await readCounters(bed.client, bed.tables)).get('default')).toMatchObject({
      packets: 10n * BigInt(EDGES),
    });
  }, 120_000);
});

/** Puts entries into the shared level of a cache. */
async function fillCache(): Promise<void> {
  const caches = makeProductCaches({
    client: bed.client,
    table: bed.tables.cache,
    clock: () => bed.api.now,
    schedule: () => () => {},
  });
  const metrics = {
    latency_ms: 10,
    jitter_ms: 1,
    packet_loss_pct: 0,
    bandwidth_mbps: 100,
    measured_at: iso(T0),
  };
  for (let entry = 0; entry < EXPIRED; entry++) {
    await caches.metrics.insertWithTtl(`p-${entry}`, metrics, 60);
  }
}
