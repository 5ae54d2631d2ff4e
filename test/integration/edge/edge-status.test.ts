import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Recorder } from '../../../core/recorder/recorder.ts';
import { RecordSender } from '../../../edge/reporting/record-sender.ts';
import { Reporter } from '../../../edge/reporting/reporter.ts';
import { openDiskSpool } from '../../../edge/spool/disk-spool.ts';
import { openEdgeState } from '../../../edge/spool/edge-state.ts';
import { readEdgeStatus } from '../../../edge/spool/edge-status.ts';
import { openKeptSystem } from '../../../edge/spool/kept-system.ts';
import { SpoolError } from '../../../edge/spool/spool.ts';
import { SPOOL_FILES, type SpoolFiles } from '../../../edge/spool/write-whole.ts';
import { FakeStream, modelTotals } from '../../support/fake-stream.ts';
import { runEdge } from '../../support/run-edge.ts';
import { spoolEntry } from '../../support/spool-contract.ts';

const T0 = Date.UTC(2026, 0, 31, 12);
const HOUR = 3_600_000;

let folder: string;
let now: number;
const clock = () => now;
const statusNow = () => readEdgeStatus({ folder, edge_id: 'edge-1', now_ms: now });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patronus-status-'));
  now = T0;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const openState = (files?: SpoolFiles) =>
  openEdgeState({ folder, edge_id: 'edge-1', interval_s: 60, clock, ...(files && { files }) });

/** Writes run in the background: a closed state has all of them. */
async function ended(state: Awaited<ReturnType<typeof openState>>) {
  await state.end();
}

describe('the status of an edge', () => {
  it('is unknown if no edge has run, and says what to do', async () => {
    expect(await statusNow()).toMatchObject({
      run: 'unknown',
      unsent: { reports: 0, oldest_at: null },
      next_steps: [
        `No edge of this release has reported from ${folder}: start one, or give its --edge-id or --spool.`,
      ],
    });
  });

  it('is read while the edge holds its spool', async () => {
    const spool = await openDiskSpool(folder);
    const state = await openState();
    const kept = await openKeptSystem({ folder, system: 's', onTrouble: () => {}, clock });
    kept.begin();
    kept.keepPolicies({ version: '17', policies: [] });
    await kept.settled();
    state.reported({ boot_id: 'b', seq: 7 });
    state.acknowledged({ boot_id: 'b', seq: 6 });
    await spool.write(1, spoolEntry(7));
    now += 30_000;
    await expect.poll(statusNow).toMatchObject({
      edge_id: 'edge-1',
      run: 'running',
      boot_id: 'b',
      reported_seq: 7,
      acknowledged_seq: 6,
      unsent: { reports: 1, oldest_at: expect.any(String) },
      policies: { version: '17', read_at: '2026-01-31T12:00:00.000Z', age_s: 30 },
      last_error: null,
      next_steps: [],
    });
    await ended(state);
    await spool.close();
    expect(await statusNow()).toMatchObject({
      run: 'ended',
      next_steps: ['1 report not sent, and no edge runs: start it again; it sends them first.'],
    });
  });

  it('asks for a person when the edge is silent or a problem lasts', async () => {
    const state = await openState();
    state.trouble('sending', 'No network.');
    await expect.poll(statusNow).toMatchObject({ last_error: { text: 'No network.' }, next_steps: [] });
    now += 2 * HOUR;
    state.reported({ boot_id: 'b', seq: 1 });
    state.trouble('sending', 'x'.repeat(10_000));
    await expect
      .poll(async () => (await statusNow()).last_error)
      .toMatchObject({
        since: '2026-01-31T12:00:00.000Z',
        at: '2026-01-31T14:00:00.000Z',
        text: 'x'.repeat(500),
      });
    expect((await statusNow()).next_steps).toHaveLength(1);
    now += HOUR;
    expect((await statusNow()).next_steps[0]).toBe(
      'The edge was killed or hangs: start it again; it first sends the reports that it kept.',
    );
    state.acknowledged({ boot_id: 'b', seq: 1 });
    await ended(state);
    expect(await statusNow()).toMatchObject({ run: 'ended', last_error: null, next_steps: [] });
  });

  it('is printed for people and programs, with an exit code', async () => {
    await writeFile(join(folder, '000000000001.json.unreadable'), '');
    await ended(await openState());
    const args = ['status', '--edge-id', 'edge-1', '--spool', folder];
    const text = await runEdge(args);
    expect(text).toMatchObject({ code: 1, stderr: '' });
    expect(text.stdout).toContain(
      'next step:    1 report could not be read: check the *.unreadable files, then delete them.\n',
    );
    await rm(join(folder, '000000000001.json.unreadable'));
    const json = await runEdge([...args, '--json']);
    expect(json).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(json.stdout)).toMatchObject({ edge_id: 'edge-1', run: 'ended', next_steps: [] });
  });
});

/** The calls of the disk, with one that fails while `code` is set. */
function faultyFiles(call: 'open' | 'rename' | 'writeFile' | 'sync') {
  const fault: { code: string | undefined } = { code: undefined };
  const fail = () => {
    if (fault.code) throw Object.assign(new Error(fault.code), { code: fault.code });
  };
  const files: SpoolFiles = {
    ...SPOOL_FILES,
    async open(path, flags, mode) {
      if (call === 'open' && flags === 'w') fail();
      const handle = await SPOOL_FILES.open(path, flags, mode);
      if (flags !== 'w' || call === 'open' || call === 'rename') return handle;
      const method = handle[call].bind(handle) as (...args: unknown[]) => Promise<void>;
      handle[call] = (async (...args: unknown[]) => {
        fail();
        return method(...args);
      }) as never;
      return handle;
    },
    async rename(from, to) {
      if (call === 'rename') fail();
      return SPOOL_FILES.rename(from, to);
    },
  };
  return { files, fault };
}

async function startReporter(stream: FakeStream, files?: SpoolFiles) {
  const recorder = new Recorder({ clock });
  const spool = await openDiskSpool(folder, files && { files });
  const reporter = await Reporter.start({
    edge_id: 'edge-1',
    site_id: '550e8400-e29b-41d4-a716-446655440000',
    makeBootId: boot => `b${boot}`,
    interval_s: 60,
    spool,
    sender: new RecordSender({ client: stream, stream: 'reports', patience_ms: 0, sleep: async () => {} }),
    destination: 'test',
    listed_flows: 3,
    clock,
  });
  let packets = 0n;
  return {
    reporter,
    spool,
    counted: () => packets,
    async report() {
      now += 60_000;
      packets += 1n;
      const flow = { src: '10.0.0.1', src_port: 1, dst: '10.0.0.2', dst_port: 2, protocol: 6 };
      recorder.recordFlow(flow, { packets: 1n, bytes: 100n, first_ms: now, last_ms: now }, {});
      await reporter.report(recorder.takeInterval());
    },
  };
}

describe('a failing disk', () => {
  it.each([
    ['open', 'EROFS'],
    ['writeFile', 'ENOSPC'],
    ['sync', 'EIO'],
    ['rename', 'ENOSPC'],
  ] as const)(
    'at %s with %s is reported, loses nothing, and leaves no incomplete files',
    async (call, code) => {
      const { files, fault } = faultyFiles(call);
      const stream = new FakeStream(() => ({ kind: 'ok' }));
      const edge = await startReporter(stream, files);
      await edge.report();
      await edge.reporter.settled();
      fault.code = code;
      const state = await openState(files);
      for (let n = 0; n < 50; n++) {
        await expect(edge.report()).rejects.toThrow(
          new SpoolError(
            `The folder ${folder} for unsent reports can't be used (${code}): free space or correct its permissions, or use another one with --spool.`,
          ),
        );
      }
      state.trouble('spool', 'full', true);
      await state.end();
      expect((await readdir(folder)).sort()).toEqual(['lock.json', 'lock.sqlite']);
      fault.code = undefined;
      await edge.report();
      await edge.reporter.settled();
      expect(modelTotals(stream.reports())).toEqual(
        new Map([
          ['default wan1 packets', edge.counted()],
          ['default wan1 bytes', edge.counted() * 100n],
        ]),
      );
      await edge.spool.close();
    },
  );
});

describe('a stream that is unreachable for a month', () => {
  it('costs two files and no packets', async () => {
    let away = true;
    const stream = new FakeStream(() =>
      away ? { kind: 'refused', name: 'ServiceUnavailable' } : { kind: 'ok' },
    );
    const edge = await startReporter(stream);
    // A report every two hours or so.
    for (let n = 0; n < 360; n++) {
      await edge.report();
      await edge.reporter.settled().catch(() => {});
    }
    const reports = (await readdir(folder)).filter(name => /^\d{12}\.json$/.test(name));
    expect(reports.length).toBeLessThanOrEqual(2);
    away = false;
    await edge.report();
    await edge.reporter.settled();
    expect(modelTotals(stream.reports()).get('default wan1 packets')).toBe(361n);
    await edge.spool.close();
  });
});
