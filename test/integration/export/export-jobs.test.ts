import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemCaller } from '../../../core/access/caller.ts';
import { Throttled } from '../../../core/errors.ts';
import { answersReader } from '../../../core/export/answers-reader.ts';
import { ingest } from '../../../core/ingest/ingest.ts';
import { systemSchedule } from '../../../core/time/schedule.ts';
import { resumeExports } from '../../../functions/cleanup/resume-exports.ts';
import { runExport as runProgram } from '../../../scripts/export/export-program.ts';
import { personIn } from '../../support/api.ts';
import { type ApiServer, serveApi } from '../../support/api-server.ts';
import { type ExportBed, KEPT, makeExportBed } from '../../support/export-bed.ts';
import { faultyClient } from '../../support/faults.ts';
import { makeFlow } from '../../support/flow-records.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { localClient } from '../../support/local-client.ts';
import { reportRecord, T0 } from '../../support/report-records.ts';
import { asFunction } from '../../support/rights/as-function.ts';
import { snapshotAt } from '../../support/snapshot-at.ts';

const MINUTE = 60_000;
const EDGES = 13;
const iso = (ms: number) => new Date(ms).toISOString();
const instants = { from: T0 - 2 * MINUTE, to: T0 + MINUTE };
const range = { from: iso(instants.from), to: iso(instants.to) };

let bed: ExportBed;
let server: ApiServer;
const folder = mkdtempSync(join(tmpdir(), 'export-jobs-'));

beforeAll(async () => {
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  bed = await makeExportBed();
  server = await serveApi(() => bed.api);
  bed.api.now = T0 - 2 * MINUTE;
  await snapshot(T0 - 2 * MINUTE);
  // One site and one policy have names; all other counted ids are undefined.
  const voice = await bed.api.data('Mutation.createPolicy', { name: 'Voice', priority: 1 });
  const site = await bed.api.data('Mutation.createSite', { name: 'Berlin' });
  const flows = Array.from({ length: 1003 }, (_, i) => makeFlow({ src_port: i, bytes: BigInt(10_000 - i) }));
  await ingest(
    [reportRecord({ site_id: site.id, flows, policies: [{ policy_id: '7', packets: 2000n }] })],
    ingestContext({ ...bed, flow_log: { objects: bed.flow_objects, schedule: systemSchedule } }),
  );
  const policies = Array.from({ length: 80 }, (_, i) => ({
    policy_id: i === 0 ? voice.id : `p${i}`,
    packets: 5n,
  }));
  const reports = Array.from({ length: EDGES }, (_, i) => reportRecord({ edge_id: `wide-${i}`, policies }));
  await ingest(reports, ingestContext(bed));
  await snapshot(T0 + MINUTE);
  // The audit log contains refused attempts.
  for (let i = 0; i < 3; i++) {
    await bed.api.call(
      'Mutation.createPolicy',
      { name: `=${i}`, priority: 1 },
      { identity: personIn('viewer') },
    );
  }
});

beforeEach(() => {
  bed.api.now = T0 + 2 * MINUTE;
  bed.dispatched.length = 0;
});

afterAll(async () => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
  await server.close();
  await bed.close();
});

function snapshot(at: number) {
  return snapshotAt(bed, at);
}

const start = (input: object, identity = personIn('viewer')) =>
  bed.api.data('Mutation.startExport', { input: { ...range, ...input } }, { identity });

const link = (id: string, identity = personIn('viewer')) =>
  bed.api.data('Mutation.exportLink', { id }, { identity });

async function exported(input: { kind: string } & Record<string, unknown>): Promise<Response> {
  // Viewers do not see the refusals of others.
  const identity = personIn(input.kind === 'AUDIT' ? 'admin' : 'viewer');
  const { id } = await start(input, identity);
  expect(await bed.runAll()).toEqual(['done']);
  return fetch((await link(id, identity)).url);
}

/** The output of `npm run export` for the same request. */
async function byProgram(what: string, ...options: string[]): Promise<string> {
  const output = join(folder, 'out');
  const system = ['--graphql', server.url, '--token', 'any', '--output', output];
  const code = await runProgram([what, '--from', range.from, '--to', range.to, ...system, ...options]);
  expect(code).toBe(0);
  return readFileSync(output, 'utf8');
}

describe('an export by the function', () => {
  it.each([
    [{ kind: 'FLOWS' }, ['flows']],
    [
      { kind: 'FLOWS', policy_id: '7', port: 3, format: 'JSONL' },
      ['flows', '--policy', '7', '--port', '3', '--format', 'jsonl'],
    ],
    [{ kind: 'HISTORY' }, ['history']],
    [{ kind: 'HISTORY', policy_id: '7' }, ['history', '--policy', '7']],
    [
      { kind: 'HISTORY', edge_id: 'edge-1', format: 'JSONL' },
      ['history', '--edge', 'edge-1', '--format', 'jsonl'],
    ],
    [{ kind: 'STATS', group_by: ['POLICY', 'EDGE'] }, ['stats', '--by', 'policy,edge']],
    [{ kind: 'STATS', group_by: ['SITE', 'EDGE'] }, ['stats', '--by', 'site,edge']],
    [
      { kind: 'STATS', group_by: ['PROTOCOL'], order_by: 'PACKETS' },
      ['stats', '--by', 'protocol', '--order', 'PACKETS'],
    ],
    [{ kind: 'AUDIT', action: 'createPolicy' }, ['audit', '--action', 'createPolicy']],
  ])("of %j equals the program's output to the byte", async (input, argv) => {
    const [what, ...options] = argv as [string, ...string[]];
    const text = await (await exported(input)).text();
    expect(text.split('\n').length).toBeGreaterThan(1);
    expect(text).toBe(await byProgram(what, ...options));
  });

  it('has every group, even if a query returns pages', async () => {
    const lines = (await (await exported({ kind: 'STATS', group_by: ['POLICY', 'EDGE'] })).text())
      .trimEnd()
      .split('\r\n');
    expect(lines).toHaveLength(1 + EDGES * 80 + 1);
    expect(lines.filter(line => !line.includes(',group,'))).toEqual([
      'from_utc,to_utc,kind,policy_id,edge_id,packets,bytes,edges_expected,edges_heard,policy_name,estimated_share',
    ]);
  });

  it('is given to a browser as a file with a name', async () => {
    const { headers } = await exported({ kind: 'FLOWS', format: 'JSONL' });
    expect([headers.get('content-type'), headers.get('content-disposition')]).toEqual([
      'application/x-ndjson; charset=utf-8',
      'attachment; filename="patronus-flows-20260131T115800Z-20260131T120100Z.jsonl"',
    ]);
    const csv = await exported({ kind: 'AUDIT' });
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  });

  it('reports its progress and its result', async () => {
    const started = await start({ kind: 'FLOWS' });
    expect(started).toEqual({
      id: expect.stringMatching(/^[0-9A-Z]{26}$/),
      kind: 'FLOWS',
      format: 'CSV',
      ...range,
      status: 'RUNNING',
      progress: 0,
      rows: 0,
      bytes: 0,
      file_name: 'patronus-flows-20260131T115800Z-20260131T120100Z.csv',
      started_at: iso(bed.api.now),
      finished_at: null,
      expires_at: iso(bed.api.now + 7 * 86_400_000),
      error: null,
      owner: expect.objectContaining({ sub: 'sub-of-viewer' }),
    });
    bed.api.now += 5000;
    await bed.runAll();
    const done = await bed.api.data('Query.export', { id: started.id }, { identity: personIn('viewer') });
    const text = await (await fetch((await link(started.id)).url)).text();
    expect(done).toMatchObject({
      status: 'DONE',
      progress: 1,
      rows: 1003,
      bytes: Buffer.byteLength(text),
      finished_at: iso(bed.api.now),
    });
  });

  it('that cannot be answered is rejected with the reason', async () => {
    const before = { from: iso(T0 - 50 * MINUTE), to: iso(T0 - 40 * MINUTE) };
    const { id } = await start({ kind: 'STATS', ...before });
    expect(await bed.runAll()).toEqual(['refused']);
    expect(await bed.api.data('Query.export', { id })).toMatchObject({
      status: 'FAILED',
      error: 'No snapshot was taken before the end of this range: choose a later value for to.',
    });
  });

  it('fails after five attempts', async () => {
    const { id } = await start({ kind: 'FLOWS' });
    const broken = { flows: () => Promise.reject(new Error('broken')) } as never;
    for (let attempt = 0; attempt < 5; attempt++) {
      await expect(bed.run(id, { reader: broken })).rejects.toThrow('broken');
      expect(await bed.api.data('Query.export', { id })).toMatchObject({ status: 'RUNNING', error: null });
      bed.api.now += 1;
    }
    expect(await bed.run(id)).toBe('failed');
    expect(await bed.api.data('Query.export', { id })).toMatchObject({
      status: 'FAILED',
      error: 'It failed after 5 attempts. Start it again later.',
    });
  });
});

describe('a long export', () => {
  const HOUR = 60 * MINUTE;

  it.each([
    // Each range begins a minute before the end of its retention.
    ['HISTORY', { resolution: 'MINUTE' }, { from: T0 - 48 * HOUR + 3 * MINUTE, to: T0 + MINUTE }],
    ['STATS', {}, { from: T0 - 730 * 24 * HOUR + 3 * MINUTE, to: T0 + MINUTE }],
  ])('has the %s stored at its start', async (kind, given, { from, to }) => {
    const { id } = await start({ kind, ...given, from: iso(from), to: iso(to) });
    bed.api.now += HOUR;
    expect(await bed.runAll()).toEqual(['done']);
    expect((await bed.api.data('Query.export', { id })).rows).toBeGreaterThan(0);
  });

  it.each([
    ['FLOWS', {}, 1003],
    ['STATS', { group_by: ['PROTOCOL'] }, 2],
  ])('has the %s that the log had at its start', async (kind, given, rows) => {
    bed.api.now = T0 + 24 * HOUR - MINUTE;
    const { id } = await start({ kind, ...given });
    bed.api.now += HOUR;
    expect(await bed.runAll()).toEqual(['done']);
    expect(await bed.api.data('Query.export', { id })).toMatchObject({ rows });
    if (kind === 'STATS') {
      const text = await (await fetch((await link(id)).url)).text();
      expect(text).toMatch(/,group,6,1003,/);
    }
  });

  it('is continued later when the database is busy to the end of its time', async () => {
    const { id } = await start({ kind: 'HISTORY', edge_id: 'edge-1' });
    const faults = faultyClient(localClient({ maxAttempts: 1 }));
    let sleeps = 0;
    const context = {
      ...bed.context(),
      client: faults.client,
      random: () => 0.5,
      async sleep(ms: number) {
        bed.api.now += Math.ceil(ms);
        if (++sleeps > 1000) throw new Error('It waits for ever');
      },
    };
    const times = { started_ms: bed.api.now, work_until: context.deadline, owner: systemCaller('test') };
    const read = () =>
      answersReader({ context, ...KEPT, flow_objects: bed.flow_objects }, times).history({
        ...instants,
        resolution: 'MINUTE',
        filter: { edge_id: 'edge-1' },
      });
    faults.arm();
    await read();
    const at = faults.calls.indexOf('BatchGetCommand');
    expect(at).toBeGreaterThan(-1);
    faults.arm({ at, fault: 'throttled', times: Number.POSITIVE_INFINITY });
    const reader = { history: read } as never;
    await expect(bed.run(id, { reader })).rejects.toThrow(
      new Throttled('The database is too busy to do this now. Try again in a minute.'),
    );
    expect(sleeps).toBeGreaterThan(0);
    bed.api.now += 1;
    expect(await bed.run(id)).toBe('done');
    bed.dispatched.length = 0;
  });
});

describe('a link', () => {
  it('is valid for 15 minutes; the audit log has its requester but not the link', async () => {
    const { id } = await start({ kind: 'FLOWS' });
    await bed.runAll();
    bed.api.now += 1;
    const given = await link(id);
    expect(given).toEqual({
      url: expect.stringContaining('X-Amz-Expires=900'),
      expires_at: iso(T0 + 17 * MINUTE),
      file_name: 'patronus-flows-20260131T115800Z-20260131T120100Z.csv',
      bytes: expect.any(Number),
      audit_id: expect.any(String),
    });
    const { items } = await bed.api.data('Query.auditLog', { target: `export:${id}` });
    expect(items).toMatchObject([
      { id: given.audit_id, operation: 'exportLink', outcome: 'DONE', actor: { sub: 'sub-of-viewer' } },
      { operation: 'startExport', outcome: 'DONE' },
    ]);
    expect(JSON.parse(items[0].after)).toMatchObject({ rows: 1003, link_expires_at: given.expires_at });
    const network = await bed.client.send(new ScanCommand({ TableName: bed.tables.network }));
    expect(JSON.stringify(network.Items)).not.toMatch(/X-Amz|https?:/);

    bed.api.now = T0 + 17 * MINUTE;
    expect((await fetch(given.url)).status).toBe(200);
    bed.api.now += 1;
    expect((await fetch(given.url)).status).toBe(403);
    expect((await fetch((await link(id)).url)).status).toBe(200);
  });

  it('does not exist before the file, or after its time', async () => {
    const { id } = await start({ kind: 'FLOWS' });
    expect(await bed.api.call('Mutation.exportLink', { id })).toEqual({
      error: {
        type: 'Conflict',
        message: `Export ${id} is still running: ask again when its status is DONE.`,
      },
    });
    await bed.runAll();
    bed.api.now += 7 * 86_400_000;
    expect(await bed.api.call('Mutation.exportLink', { id })).toEqual({
      error: {
        type: 'NotFound',
        message: `There is no export "${id}", or it has expired: the query exports lists those that exist.`,
      },
    });
  });
});

describe('access to an export', () => {
  const operator = personIn('operator');

  it.each(['Query.export', 'Mutation.exportLink', 'Mutation.cancelExport'])(
    'by %s is for its owner and administrators',
    async operation => {
      const { id } = await start({ kind: 'AUDIT' });
      if (operation !== 'Mutation.cancelExport') await bed.runAll();
      bed.api.now += 1;
      expect(await bed.api.call(operation, { id }, { identity: operator })).toEqual({
        error: {
          type: 'Unauthorized',
          message: `Export ${id} belongs to another user: only its owner and group admin may use it.`,
        },
      });
      const { items } = await bed.api.data('Query.auditLog', { target: `export:${id}`, limit: 1 });
      expect(items).toMatchObject([{ outcome: 'REFUSED', actor: { sub: operator.sub } }]);
      expect(await bed.api.call(operation, { id })).toHaveProperty('data');
      bed.dispatched.length = 0;
    },
  );

  it("lists a person's own exports, page by page, and all exports to administrators", async () => {
    const mine = [];
    for (let i = 0; i < 3; i++) {
      bed.api.now += 1;
      mine.unshift((await start({ kind: 'AUDIT' }, operator)).id);
    }
    const page = (args: object, identity = operator) => bed.api.data('Query.exports', args, { identity });
    const first = await page({ limit: 2 });
    const second = await page({ limit: 2, next_token: first.next_token });
    const ids = [...first.items, ...second.items].map((item: { id: string }) => item.id);
    expect([ids, second.next_token]).toEqual([mine, null]);
    const all = await page({ everybody: true, limit: 100 }, personIn('admin'));
    expect(all.items.length).toBeGreaterThan(3);
    expect(await bed.api.call('Query.exports', { everybody: true }, { identity: operator })).toMatchObject({
      error: { type: 'Unauthorized' },
    });
    await bed.runAll();
  });

  it('is rejected for roles without the right to the data, and above five running exports', async () => {
    const input = { kind: 'FLOWS', ...range };
    expect(
      await bed.api.call('Mutation.startExport', { input }, { identity: personIn('none') }),
    ).toMatchObject({ error: { type: 'Unauthorized' } });
    for (let i = 0; i < 5; i++) await start({ kind: 'FLOWS' }, operator);
    expect(await bed.api.call('Mutation.startExport', { input }, { identity: operator })).toEqual({
      error: {
        type: 'Conflict',
        message: 'You have 5 running exports: wait until one is done, or cancel one with cancelExport.',
      },
    });
    await bed.runAll();
    await start({ kind: 'FLOWS' }, operator);
    await bed.runAll();
  });
});

describe('an unfinished export', () => {
  it('is cancelled once, and never becomes a file', async () => {
    const { id } = await start({ kind: 'FLOWS' });
    expect(await bed.api.data('Mutation.cancelExport', { id })).toMatchObject({
      status: 'CANCELLED',
      finished_at: iso(bed.api.now),
    });
    expect(await bed.api.call('Mutation.cancelExport', { id })).toEqual({
      error: { type: 'Conflict', message: `Export ${id} has ended already: its status is CANCELLED.` },
    });
    expect(await bed.runAll()).toEqual(['nothing to do', 'nothing to do']);
    expect(await bed.api.call('Mutation.exportLink', { id })).toEqual({
      error: {
        type: 'Conflict',
        message: `Export ${id} has no file: its status is CANCELLED. Start it again.`,
      },
    });
  });

  it('is started by the clean-up if the call of its function was lost', async () => {
    const { id } = await start({ kind: 'FLOWS' });
    bed.dispatched.length = 0;
    bed.api.now += 1;
    const dispatch = async (found: string) => void bed.dispatched.push(found);
    const step = () =>
      asFunction('cleanup', () =>
        resumeExports({ ...bed.context(), scheduled_at: bed.api.now, exports: { dispatch } }),
      );
    expect(await step()).toEqual({ resumed: 1, complete: true });
    expect(bed.dispatched).toEqual([id]);
    expect(await bed.runAll()).toEqual(['done']);
    expect(await step()).toEqual({ resumed: 0, complete: true });
  });

  it('does not block later ones in the clean-up when its call fails', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) {
      ids.unshift((await start({ kind: 'AUDIT' })).id);
      bed.api.now += 1;
    }
    const refused = new Error('refused');
    const tried: string[] = [];
    const dispatch = async (id: string) => {
      tried.push(id);
      if (id !== ids[1]) throw refused;
    };
    const exports = { dispatch };
    const step = asFunction('cleanup', () =>
      resumeExports({ ...bed.context(), scheduled_at: bed.api.now, exports }),
    );
    await expect(step).rejects.toThrow(
      new AggregateError(
        [refused, refused],
        'Calls of the export function failed for 2 exports and succeeded for 1.',
      ),
    );
    expect(tried).toEqual(ids);
    await bed.runAll();
  });

  it('writes nothing to the Network table while it runs', async () => {
    const { id } = await start({ kind: 'FLOWS' });
    const count = async () =>
      (await bed.client.send(new ScanCommand({ TableName: bed.tables.network, Select: 'COUNT' }))).Count;
    const before = await count();
    await bed.runAll();
    expect(await count()).toBe(before);
    const { Count } = await bed.client.send(
      new QueryCommand({
        TableName: bed.tables.traffic,
        KeyConditionExpression: 'pk = :pk AND sk = :sk',
        ExpressionAttributeValues: { ':pk': 'EXPORT', ':sk': id },
      }),
    );
    expect(Count).toBe(1);
  });
});

describe('bad input', () => {
  const groups =
    'group_by must have one to four of POLICY, SITE, ENDPOINT, EDGE, or of PROTOCOL, APPLICATION, SOURCE_PREFIX, DESTINATION_PREFIX, each once.';
  it.each([
    [{ kind: 'FLOWS', from: 'yesterday' }, 'from must be a time such as 2026-01-31T12:00:00Z.'],
    [
      { kind: 'AUDIT', from: range.to, to: range.from },
      'from (2026-01-31T12:01:00.000Z) is not before to (2026-01-31T11:58:00.000Z): choose an earlier from or a later to.',
    ],
    [
      { kind: 'HISTORY', from: range.to, to: range.from },
      'from (2026-01-31T12:01:00.000Z) is not before to (2026-01-31T11:58:00.000Z): choose an earlier from or a later to.',
    ],
    [
      { kind: 'HISTORY', resolution: 'MINUTE', from: iso(T0 - 49 * 60 * MINUTE) },
      'MINUTE samples are kept for 48 hours, now since 2026-01-29T12:02:00.000Z: choose a later value for from or the resolution HOUR or DAY.',
    ],
    [
      { kind: 'HISTORY', address: '10.0.0.0/8' },
      'An export of HISTORY has no address: use policy_id, site_id, endpoint_id, edge_id and resolution.',
    ],
    [{ kind: 'AUDIT', policy_id: '7' }, 'An export of AUDIT has no policy_id: use actor, action and target.'],
    [
      { kind: 'FLOWS', address: '10.1.2' },
      'address must be an address or prefix such as 10.1.0.0/16 or 2001:db8::/32.',
    ],
    [{ kind: 'FLOWS', port: 65_536 }, 'port must be a whole number from 0 to 65535.'],
    [{ kind: 'STATS', group_by: ['SITE', 'PROTOCOL'] }, groups],
    [{ kind: 'STATS', group_by: [] }, groups],
    [{ kind: 'STATS', group_by: ['SITE', 'SITE'] }, groups],
    [
      { kind: 'STATS', group_by: ['PROTOCOL'], from: iso(T0 - 49 * 60 * MINUTE) },
      'from and to must be at most 48 hours apart.',
    ],
    [{ kind: 'HISTORY', policy_id: '' }, 'input.policy_id must have 1 to 128 characters.'],
    [{ kind: 'STATS', site_id: '' }, 'input.site_id must have 1 to 128 characters.'],
    [{ kind: 'STATS', endpoint_id: 'x'.repeat(129) }, 'input.endpoint_id must have 1 to 128 characters.'],
    [{ kind: 'FLOWS', edge_id: 'x'.repeat(129) }, 'input.edge_id must have 1 to 128 characters.'],
    [{ kind: 'AUDIT', actor: 'x'.repeat(2049) }, 'input.actor must have at most 1024 characters.'],
  ])('%j is rejected with the allowed values', async (input, message) => {
    const answer = await bed.api.call('Mutation.startExport', { input: { ...range, ...input } });
    expect(answer).toEqual({ error: { type: 'ValidationError', message } });
    expect(bed.dispatched).toEqual([]);
  });

  it.each([
    [
      { kind: 'HISTORY', policy_id: 'nope' },
      'There is no policy "nope": the query policies lists those that exist.',
    ],
    [{ kind: 'STATS', site_id: 'nope' }, 'There is no site "nope": the query sites lists those that exist.'],
    [
      { kind: 'FLOWS', edge_id: 'nope' },
      'No edge "nope" is registered: the query edges lists those that are.',
    ],
    [
      { kind: 'HISTORY', endpoint_id: 'nope' },
      'No edge has counted anything for an endpoint "nope"; with site_id it is looked up at that site.',
    ],
  ])('%j names an unknown object, and is rejected before the export is stored', async (input, message) => {
    const identity = personIn('viewer');
    const before = await bed.api.data('Query.exports', { limit: 100 }, { identity });
    const answer = await bed.api.call(
      'Mutation.startExport',
      { input: { ...range, ...input } },
      { identity },
    );
    expect(answer).toEqual({ error: { type: 'NotFound', message } });
    expect(await bed.api.data('Query.exports', { limit: 100 }, { identity })).toEqual(before);
    expect(bed.dispatched).toEqual([]);
  });

  it('is not checked again by the function in each chunk', async () => {
    const context = bed.context();
    const reader = answersReader(
      { context, ...KEPT, flow_objects: bed.flow_objects },
      { started_ms: bed.api.now, work_until: context.deadline, owner: systemCaller('test') },
    );
    const filter = { policy_id: 'never' };
    const paged = { ...instants, filter, next_token: null };
    const history = await reader.history({ ...instants, resolution: 'MINUTE', filter });
    expect(history.points).toHaveLength(3);
    const sums = await reader.stats({ ...paged, group_by: ['SITE'], order_by: 'BYTES' });
    expect(sums.rows).toEqual([]);
    expect((await reader.flows(paged)).items).toEqual([]);
  });

  it.each(['Query.export', 'Mutation.exportLink', 'Mutation.cancelExport'])(
    '%s knows no other ids',
    async name => {
      expect(await bed.api.call(name, { id: 'x' })).toEqual({
        error: {
          type: 'NotFound',
          message: 'There is no export "x", or it has expired: the query exports lists those that exist.',
        },
      });
    },
  );
});
