import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Recorder } from '../../../core/recorder/recorder.ts';
import type { PathReport, Report } from '../../../core/report/report.ts';
import { RecordSender } from '../../../edge/reporting/record-sender.ts';
import { Reporter } from '../../../edge/reporting/reporter.ts';
import { memorySpool } from '../../../edge/spool/memory-spool.ts';
import { FakeStream } from '../../support/fake-stream.ts';

async function start(stream: FakeStream): Promise<Reporter> {
  return Reporter.start({
    edge_id: 'edge-1',
    site_id: '550e8400-e29b-41d4-a716-446655440000',
    makeBootId: boot => `boot-${boot}`,
    interval_s: 60,
    spool: memorySpool(),
    sender: new RecordSender({ client: stream, stream: 'reports', sleep: async () => {}, random: () => 0 }),
    destination: 'test',
    clock: () => Date.UTC(2026, 0, 31, 12),
  });
}

const pathReport = (index: number, total: bigint): PathReport => ({
  path_id: `550e8400-e29b-41d4-a716-446655440000.${String(index).padStart(16, '0')}`,
  latency_ms: 1234.567,
  jitter_ms: 12.345,
  packet_loss_pct: 99.999,
  bandwidth_mbps: 100_000.123,
  measured_at: '2026-01-31T12:00:00.000Z',
  tx_packets: total,
  tx_bytes: total,
  rx_packets: total,
  rx_bytes: total,
});

/** The totals of an ingest: the newest report of each boot, boots summed up. */
function ingested(reports: readonly Report[]): Map<string, bigint> {
  const newest = new Map<string, { seq: number; path_id: string; total: bigint }>();
  for (const { boot_id, seq, paths } of reports) {
    for (const { path_id, tx_bytes } of paths) {
      const key = `${boot_id} ${path_id}`;
      if ((newest.get(key)?.seq ?? 0) < seq) newest.set(key, { seq, path_id, total: tx_bytes });
    }
  }
  const sums = new Map<string, bigint>();
  for (const { path_id, total } of newest.values()) sums.set(path_id, (sums.get(path_id) ?? 0n) + total);
  return sums;
}

const LARGE = 2n ** 60n;
const interval = fc.record({
  paths: fc.integer({ min: 0, max: 500 }),
  grows: fc.bigInt({ min: 0n, max: LARGE }),
});

it('keeps path totals exact through every new boot for more paths, with every part within the contract', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(interval, { minLength: 1, maxLength: 6 }), async intervals => {
      const stream = new FakeStream();
      const reporter = await start(stream);
      const totals = new Map<number, bigint>();
      let seen = 0;
      let paths: PathReport[] = [];
      reporter.reportPaths(() => paths);
      for (const given of intervals) {
        seen = Math.max(seen, given.paths);
        for (let index = 0; index < given.paths; index++)
          totals.set(index, (totals.get(index) ?? 0n) + given.grows);
        paths = Array.from({ length: given.paths }, (_, index) => pathReport(index, totals.get(index)!));
        await reporter.report(new Recorder().takeInterval());
        await reporter.settled();
      }
      const expected = new Map(
        Array.from(totals, ([index, total]) => [pathReport(index, 0n).path_id, total]),
      );
      const reports = stream.reports();
      expect(ingested(reports)).toEqual(expected);
      expect(Math.max(...reports.map(({ parts }) => parts)) > 1).toBe(seen > 152);
    }),
    { numRuns: 40 },
  );
});

it('continues a path at its last total when it returns after a new boot for other paths', async () => {
  const stream = new FakeStream();
  const reporter = await start(stream);
  const many = Array.from({ length: 200 }, (_, index) => pathReport(index + 1, 5n));
  for (const paths of [[pathReport(0, 10n)], many, [pathReport(0, 30n), ...many]]) {
    reporter.reportPaths(() => paths);
    await reporter.report(new Recorder().takeInterval());
    await reporter.settled();
  }
  expect(ingested(stream.reports()).get(pathReport(0, 0n).path_id)).toBe(30n);
});
