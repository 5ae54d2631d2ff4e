import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { DEFAULT_RETENTION } from '../../../core/history/resolution.ts';
import { ingest } from '../../../core/ingest/ingest.ts';
import { runExport } from '../../../scripts/export/export-program.ts';
import { type ApiUnderTest, makeApi, personIn } from '../../support/api.ts';
import { type ApiServer, serveApi } from '../../support/api-server.ts';
import { type FlowBucket, makeFlowBucket } from '../../support/flow-bucket.ts';
import { makeFlow } from '../../support/flow-records.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { reportRecord, T0 } from '../../support/report-records.ts';
import { asFunction } from '../../support/rights/as-function.ts';
import { snapshotAt } from '../../support/snapshot-at.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const iso = (ms: number) => new Date(ms).toISOString();

describe('npm run export', () => {
  let db: TestTables;
  let api: ApiUnderTest;
  let server: ApiServer;
  const folder = mkdtempSync(join(tmpdir(), 'export-'));
  const output = join(folder, 'out');
  let said = '';
  let bucket: FlowBucket;

  beforeAll(async () => {
    vi.spyOn(process.stderr, 'write').mockImplementation(text => {
      said += text;
      return true;
    });
    db = await createTables();
    bucket = await makeFlowBucket();
    api = makeApi(db, { flow_objects: bucket.objects });
    api.now = T0 + 2 * MINUTE;
    server = await serveApi(() => api);
    await snapshot(T0 - 2 * MINUTE);
    // 1,003 flows are more than a page of the API.
    const flows = Array.from({ length: 1003 }, (_, i) =>
      makeFlow({ src_port: i, bytes: BigInt(10_000 - i) }),
    );
    const bytes = flows.reduce((sum, flow) => sum + flow.bytes, 5n);
    await ingest(
      [reportRecord({ flows, policies: [{ policy_id: '7', packets: 2000n, bytes }] })],
      ingestContext({ ...db, flow_log: bucket.flow_log }),
    );
    await snapshot(T0 + MINUTE);
  });

  afterEach(() => {
    said = '';
  });

  afterAll(async () => {
    vi.restoreAllMocks();
    rmSync(folder, { recursive: true });
    await server.close();
    await bucket.close();
    await db.drop();
  });

  function snapshot(at: number) {
    return snapshotAt(db, at);
  }

  async function run(what: string, ...options: string[]): Promise<string[]> {
    const range = ['--from', iso(T0 - 2 * MINUTE), '--to', iso(T0 + MINUTE)];
    const system = ['--graphql', server.url, '--token', 'any'];
    said = '';
    const code = await asFunction('export', () =>
      runExport([what, ...range, ...system, '--output', output, ...options]),
    );
    // A run of over ten seconds prints its progress; a busy machine has such runs.
    said = said.replace(/^Exporting: \d{1,3} %\n/gm, '');
    expect([code, said]).toEqual([0, expect.stringMatching(/^\d+ rows in .*\.\n$/)]);
    return readFileSync(output, 'utf8').split(/\r?\n/).slice(0, -1);
  }

  it('writes every flow of the log, over all pages, as CSV', async () => {
    const [header, first, ...rest] = await run('flows', '--policy', '7');
    expect(header).toBe(
      'sent_at_utc,interval_seconds,edge_id,site_id,endpoint_id,policy_id,source_address,source_port,destination_address,destination_port,ip_protocol,application,packets,bytes,first_packet_utc,last_packet_utc,policy_name,site_name',
    );
    expect(first).toBe(
      '2026-01-31T12:00:00.000Z,60,edge-1,550e8400-e29b-41d4-a716-446655440000,wan1,7,10.1.2.3,0,192.0.2.9,443,6,Web,1,10000,2026-01-31T11:59:00.000Z,2026-01-31T11:59:59.000Z,,',
    );
    expect(new Set(rest).size).toBe(1002);
    expect(said).toBe(`1003 rows in ${output}.\n`);
  });

  it('writes sums by attributes of flows, and the unlogged traffic, as JSON Lines', async () => {
    const lines = await run('stats', '--by', 'protocol', '--format', 'jsonl');
    expect(lines.map(line => JSON.parse(line))).toMatchObject([
      { kind: 'group', protocol: 6, packets: '1003', edges_expected: 1, edges_heard: 1 },
      { kind: 'unattributed', protocol: null, packets: '997', bytes: '5' },
    ]);
  });

  it('writes sums of counters', async () => {
    const lines = await run('stats', '--by', 'site,policy');
    expect(lines[0]).toBe(
      'from_utc,to_utc,kind,site_id,policy_id,packets,bytes,edges_expected,edges_heard,site_name,policy_name,estimated_share',
    );
    expect(lines[1]).toContain(',group,550e8400-e29b-41d4-a716-446655440000,7,2000,');
    expect(lines).toHaveLength(2);
  });

  it('writes the history of a policy, of a site and of all traffic', async () => {
    const total = async (...options: string[]) => {
      const lines = await run('history', '--format', 'jsonl', ...options);
      return lines.map(line => Number(JSON.parse(line).packets)).reduce((sum, packets) => sum + packets, 0);
    };
    expect(await total()).toBe(2000);
    expect(await total('--policy', '7')).toBe(2000);
    expect(await total('--policy', 'default')).toBe(0);
  });

  it('writes a history of more points than one answer holds, up to the latest minute of the system', async () => {
    const within = api;
    const retention = { ...DEFAULT_RETENTION, MINUTE: 30 * DAY };
    const asked: number[] = [];
    api = makeApi(db, { retention });
    api.now = within.now;
    const { data } = api;
    api.data = async (operation, args, by) => {
      const answer = await data(operation, args, by);
      asked.push((Date.parse(answer.to) - Date.parse(answer.from)) / MINUTE);
      return answer;
    };
    try {
      const ending = ['--resolution', 'MINUTE', '--to', iso(T0 + DAY)];
      const short = await run('history', ...ending, '--from', iso(T0 - 3 * MINUTE));
      expect(short).toHaveLength(1 + 4);
      asked.length = 0;
      const from = ['--from', iso(T0 - 8 * DAY + 20_000)];
      expect(await run('history', ...ending, ...from)).toEqual(short);
      const minutes = (8 * DAY) / MINUTE + 2;
      // The first minute, all hours in between, the last hour; then chunks.
      expect(asked.slice(0, 3)).toEqual([1, 8 * 24 * 60 + 60, 2]);
      expect(asked.slice(3).reduce((sum, points) => sum + points, 0)).toBe(minutes);
      expect(minutes).toBeGreaterThan(10_000);
    } finally {
      api = within;
    }
  });

  it('writes the audit log with the changed values', async () => {
    api.now = T0;
    await api.call(
      'Mutation.createPolicy',
      { name: '=Voice', priority: 1 },
      { identity: personIn('viewer') },
    );
    api.now = T0 + 2 * MINUTE;
    const [header, line] = await run('audit');
    expect(header).toContain('at_utc,audit_id,operation,target,outcome,');
    expect(line).toContain(
      'createPolicy,,REFUSED,Unauthorized,"createPolicy needs group operator, and you are in viewer.',
    );
    expect(line).toContain('"{""name"":""=Voice"",""priority"":1}"');
  });

  it('writes the current names after the known columns, and none for deleted objects', async () => {
    const policy = await api.data('Mutation.createPolicy', { name: 'Voice, new', priority: 1 });
    const site = await api.data('Mutation.createSite', { name: '=Berlin' });
    const at = { site_id: site.id, edge_id: 'named' };
    const totals = { packets: 3n, bytes: 300n };
    const both = [policy.id, 'default'].map(policy_id => ({ policy_id, ...totals }));
    const flows = both.map(pair => makeFlow(pair));
    await ingest(
      [reportRecord({ ...at, policies: both, flows })],
      ingestContext({ ...db, flow_log: bucket.flow_log }),
    );
    await snapshot(T0 + 2 * MINUTE);
    const later = ['--to', iso(T0 + 2 * MINUTE)];
    const names = async (what: string, ...options: string[]) =>
      (await run(what, ...later, '--edge', 'named', '--format', 'jsonl', ...options))
        .map(line => JSON.parse(line))
        .map(({ policy_id, site_id, policy_name, site_name }) => [policy_id, policy_name, site_id, site_name])
        .sort();
    const named = [
      ['default', 'Default', site.id, '=Berlin'],
      [policy.id, 'Voice, new', site.id, '=Berlin'],
    ];
    expect(await names('flows')).toEqual(named);
    expect(await names('stats', '--by', 'site,policy')).toEqual(named);
    const edges = await run('stats', ...later, '--edge', 'named', '--by', 'edge,endpoint');
    expect(edges[0]).toMatch(
      /,edge_id,endpoint_id,packets,bytes,edges_expected,edges_heard,estimated_share$/,
    );
    expect((await run('flows', '--policy', policy.id))[1]).toMatch(/Z,"Voice, new",'=Berlin$/);

    await api.data('Mutation.deletePolicy', { id: policy.id });
    await api.data('Mutation.deleteSite', { site_id: site.id });
    const deleted = [
      ['default', 'Default', site.id, null],
      [policy.id, null, site.id, null],
    ];
    expect(await names('flows')).toEqual(deleted);
    expect(await names('stats', '--by', 'policy,site')).toEqual(deleted);
    expect((await run('flows', '--policy', policy.id))[1]).toMatch(/Z,,$/);
  });

  it('leaves no file when it fails, and gives the reason', async () => {
    rmSync(output, { force: true });
    const system = ['--graphql', server.url, '--token', 'any', '--output', output];
    expect(await asFunction('export', () => runExport(['flows', '--address', 'nonsense', ...system]))).toBe(
      1,
    );
    expect(said).toContain(
      'filter.address must be an address or prefix such as 10.1.0.0/16 or 2001:db8::/32.\n',
    );
    expect([existsSync(output), readdirSync(folder)]).toEqual([false, []]);
  });

  it.each([
    [['stats', '--by', 'colour'], 'It must be one or more of POLICY, SITE, ENDPOINT, EDGE, PROTOCOL'],
    [
      ['stats', '--by', 'site,protocol'],
      'error: --by accepts groups of counters or of flows, not both at once',
    ],
    [['flows', '--from', 'yesterday'], 'It must be a time such as 2026-01-31T12:00:00Z.'],
    [['flows', '--format', 'xlsx'], 'Allowed choices are csv, jsonl.'],
    [['history', '--resolution', 'WEEK'], 'Allowed choices are MINUTE, HOUR, DAY.'],
    [['stats', '--order', 'size'], 'Allowed choices are BYTES, PACKETS.'],
    [
      ['flows', '--application', 'Foo'],
      'Allowed choices are VoIP, VideoConference, FileTransfer, Backup, Web, Email, Database, Other.',
    ],
    [
      ['audit', '--region', 'eu-west-1'],
      'error: --region and --profile are for the cloud: give --graphql too',
    ],
    [['audit', '--token', 'x'], 'error: --token is for --graphql: give its address too'],
    [
      ['flows', '--graphql', 'https://api.example.com/graphql'],
      "error: requests to --graphql are signed for an AWS region, which this address does not contain: give --region, or a person's --token",
    ],
    [['money'], "error: unknown command 'money'"],
  ])('%j is bad usage', async (argv, message) => {
    expect(await asFunction('export', () => runExport(argv))).toBe(2);
    expect(said).toContain(message);
  });
});
