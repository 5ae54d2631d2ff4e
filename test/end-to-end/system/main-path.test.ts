import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callAwsJson } from '../../../local/aws/aws-json-call.ts';
import { type RunningSystem, startSystem } from '../../../local/system/system.ts';
import { documentedQueries, duckdb } from '../../support/duckdb-flows.ts';
import { projectFile, SHARED_CAPTURES } from '../../support/project-files.ts';
import { runEdge, startEdge } from '../../support/run-edge.ts';
import { type SystemClient, signedIn } from '../../support/system-client.ts';
import { SYSTEM_SETTINGS } from '../../support/system-settings.ts';

const SAMPLE = projectFile('edge/sample/office.pcap');

const POLICIES = [
  { id: '1', name: 'Web', priority: 700, enabled: true, match: { application: 'Web' } },
  { id: '2', name: 'UDP', priority: 500, enabled: true, match: { protocol: 17 } },
];

const COUNTS = `{ policies { items { id packets_matched bytes_matched packets_matched_exact bytes_matched_exact } }
  trafficTotals { packets_exact bytes_exact } trafficAudit { agrees } }`;

interface StreamRecord {
  Data: string;
  PartitionKey: string;
}

interface Counted {
  packets: number;
  bytes: number;
}

describe('a capture becomes exact counters in GraphQL', () => {
  let folder: string;
  let system: RunningSystem;
  let admin: SystemClient;
  const expected: Counted = { packets: 0, bytes: 0 };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'patronus-main-path-'));
    system = await startSystem({ localDirectory: folder, context: SYSTEM_SETTINGS });
    admin = await signedIn(system, 'admin');
    await writeFile(join(folder, 'policies.json'), JSON.stringify(POLICIES));
  }, 120_000);

  afterAll(async () => {
    await system?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function replay(file: string, edge_id: string): Promise<void> {
    const run = await runEdge([
      ...['replay', file, '--edge-id', edge_id, '--policies', join(folder, 'policies.json')],
      ...['--wait', '--system', folder, '--spool', join(folder, edge_id)],
    ]);
    expect(`${run.code} ${run.stderr}`).toMatch(/^0 /);
  }

  async function shown(): Promise<Counted> {
    const { policies, trafficTotals, trafficAudit } = await admin.data(COUNTS);
    const sum = (field: string): number =>
      policies.items.reduce((total: number, item: Record<string, number>) => total + item[field]!, 0);
    const counted = { packets: sum('packets_matched'), bytes: sum('bytes_matched') };
    expect(trafficTotals).toEqual({
      packets_exact: String(counted.packets),
      bytes_exact: String(counted.bytes),
    });
    expect(trafficAudit).toEqual({ agrees: true });
    return counted;
  }

  it('counts the sample capture by policy', async () => {
    await replay(SAMPLE, 'edge-sample');
    // The smoke test waits until there is a snapshot of an earlier minute.
    await system.invoke('snapshot', { scheduled_at: new Date(Date.now() - 60_000).toISOString() });
    const dry = await runEdge([
      'replay',
      SAMPLE,
      '--dry-run',
      '--json',
      '--policies',
      join(folder, 'policies.json'),
    ]);
    const counted = JSON.parse(dry.stdout);
    expected.packets += counted.packets;
    expected.bytes += counted.bytes;
    expect(await shown()).toEqual(expected);
    const { policies } = await admin.data(COUNTS);
    for (const { policy_id, packets, bytes } of counted.policies) {
      const item = policies.items.find(({ id }: { id: string }) => id === policy_id);
      expect(item).toMatchObject({ packets_matched: packets, bytes_matched_exact: String(bytes) });
    }
  });

  it.skipIf(!existsSync(SHARED_CAPTURES))('counts real captures like tshark', async () => {
    const totals = JSON.parse(readFileSync(join(SHARED_CAPTURES, 'totals.json'), 'utf8'));
    for (const file of ['teams.pcap', 'dns_fragmented.pcap', 'bets.pcapng']) {
      await replay(join(SHARED_CAPTURES, file), `edge-${file}`);
      expected.packets += totals[file].packets;
      expected.bytes += totals[file].bytes;
      expect(await shown()).toEqual(expected);
    }
  });

  it('changes no number after a replay of the whole stream from its beginning', async () => {
    const StreamName = system.endpoints.stream;
    const api = { endpoint: system.endpoints.kinesis, target: 'Kinesis_20131202', jsonVersion: '1.1' };
    const { Shards } = await callAwsJson<{ Shards: { ShardId: string }[] }>(api, 'ListShards', {
      StreamName,
    });
    let repeated = 0;
    for (const { ShardId } of Shards) {
      const first = { StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' };
      const { ShardIterator } = await callAwsJson<{ ShardIterator: string }>(api, 'GetShardIterator', first);
      const page = await callAwsJson<{ Records: StreamRecord[] }>(api, 'GetRecords', { ShardIterator });
      if (page.Records.length === 0) continue;
      const Records = page.Records.map(({ Data, PartitionKey }) => ({ Data, PartitionKey }));
      await callAwsJson(api, 'PutRecords', { StreamName, Records });
      repeated += Records.length;
    }
    expect(repeated).toBeGreaterThan(3);
    // A report after the repeated ones shows that they were processed.
    await replay(SAMPLE, 'edge-behind');
    const dry = JSON.parse((await runEdge(['replay', SAMPLE, '--dry-run', '--json'])).stdout);
    expected.packets += dry.packets;
    expected.bytes += dry.bytes;
    expect(await shown()).toEqual(expected);
  });

  it('changes no number after npm run stream has passed all of it through ingest again', async () => {
    const replayed = await runEdge(['replay', '--from', '2026-01-01T00:00:00Z', '--system', folder], {
      program: projectFile('scripts/stream.ts'),
    });
    expect(replayed).toEqual({
      code: 0,
      stdout: '',
      stderr: expect.stringMatching(
        /\d+ records that arrived from 2026-01-01T00:00:00\.000Z to \S+ were sent to ingest again\.\n$/,
      ),
    });
    expect(await shown()).toEqual(expected);
  });

  it('reports errors of a replay of the stream', async () => {
    const program = projectFile('scripts/stream.ts');
    const nowhere = join(folder, 'nowhere');
    expect(
      await runEdge(['replay', '--from', '2026-01-01T00:00:00Z', '--system', nowhere], { program }),
    ).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'No system is running on this machine: start it with npm start, or name the one in the cloud with --stream and --function (outputs of the ingest stack).\n',
    });
    const bad = await runEdge(['replay', '--from', 'yesterday', '--system', folder], { program });
    expect({ code: bad.code, first: bad.stderr.split('\n')[0] }).toEqual({
      code: 2,
      first:
        "error: option '--from <time>' argument 'yesterday' is invalid. It must be a time such as 2026-01-31T12:00:00Z.",
    });
  });

  it('keeps the history of the counts', async () => {
    const lastPoint = async () => {
      const minute = Math.floor(Date.now() / 60_000) * 60_000;
      await system.invoke('snapshot', { scheduled_at: new Date(minute).toISOString() });
      const { trafficHistory } = await admin.data(
        `query($from: AWSDateTime!, $to: AWSDateTime!) {
          trafficHistory(from: $from, to: $to, resolution: MINUTE) { points { packets_total_exact } } }`,
        { from: new Date(minute - 60_000).toISOString(), to: new Date(minute).toISOString() },
      );
      return trafficHistory.points.at(-1);
    };
    // The schedule may have taken this minute's snapshot before all was counted: then the next
    // minute has it.
    await expect
      .poll(lastPoint, { timeout: 120_000, interval: 2000 })
      .toEqual({ packets_total_exact: String(expected.packets) });
  });

  it('stores each flow once in the bucket, for the query in docs/flows.md', async () => {
    // The documentation runs from the project's folder.
    await symlink(folder, join(folder, '.local'));
    const [view, ...queries] = documentedQueries();
    const sum = 'SELECT sum(packets)::VARCHAR AS packets, sum(bytes)::VARCHAR AS bytes FROM flows';
    expect(await duckdb(folder, [view!, sum])).toEqual([
      { packets: String(expected.packets), bytes: String(expected.bytes) },
    ]);
    for (const query of queries) expect(Array.isArray(await duckdb(folder, [view!, query]))).toBe(true);
    expect(await system.invoke('flowlog', {})).toMatchObject({ busy: false, complete: true });
    const { topFlows } = await admin.data('{ topFlows(window: 60) { total { bytes_exact } } }');
    expect(topFlows.total.bytes_exact).toBe(String(expected.bytes));
  });

  it('exports the history as a file', async () => {
    const minute = Math.floor(Date.now() / 60_000) * 60_000;
    const input = {
      kind: 'HISTORY',
      format: 'JSONL',
      resolution: 'MINUTE',
      from: new Date(minute - 120_000).toISOString(),
      to: new Date(minute + 60_000).toISOString(),
    };
    const { startExport } = await admin.data(
      'mutation ($input: ExportInput!) { startExport(input: $input) { id } }',
      { input },
    );
    const { id } = startExport;
    const look = () => admin.data('query ($id: ID!) { export(id: $id) { status rows error } }', { id });
    await expect
      .poll(async () => (await look()).export, { timeout: 30_000 })
      .toEqual({ status: 'DONE', rows: expect.any(Number), error: null });
    const { exportLink } = await admin.data('mutation ($id: ID!) { exportLink(id: $id) { url } }', { id });
    const file = await fetch(exportLink.url);
    const lines = (await file.text()).trimEnd().split('\n');
    const totals = lines.map(line => JSON.parse(line).packets_total);
    expect([file.status, totals.filter(total => total === String(expected.packets)).length > 0]).toEqual([
      200,
      true,
    ]);
    expect(lines).toHaveLength((await look()).export.rows);
    const tampered = exportLink.url.replace(/X-Amz-Signature=\w+/, 'X-Amz-Signature=0');
    expect((await fetch(tampered)).status).toBe(403);
  });

  it('passes the smoke test, which changes no figure', async () => {
    const run = await runEdge(['smoke', '--local', '--system', folder], {
      program: projectFile('scripts/aws.ts'),
    });
    const lines = run.stdout.trimEnd().split('\n');
    const marks = lines.filter(line => /^[✓✗–]/.test(line)).map(line => line.split(/ +/, 2).join(' '));
    expect([marks, lines.at(-1), run.code]).toEqual([
      [
        ...['✓ sign-in', '✓ network', '✓ edge', '✓ roles', '✓ counts', '✓ commands', '✓ machine'],
        ...['✓ undo', '✓ export', '– alarm'],
      ],
      '9 proven, 0 failed, 1 not shown.',
      0,
    ]);
    expect(await shown()).toEqual(expected);
    const { sites, edges } = await admin.data(
      '{ sites { items { name } } edges { items { id retired_at } } }',
    );
    expect(sites.items).toEqual([]);
    expect(edges.items.filter(({ id }: { id: string }) => id === 'smoke-edge')).toEqual([
      { id: 'smoke-edge', retired_at: expect.any(String) },
    ]);
  }, 200_000);

  it('removes everything that a smoke test created when Ctrl-C ends it', async () => {
    const { child, ended } = startEdge(['smoke', '--local', '--system', folder], {
      program: projectFile('scripts/aws.ts'),
    });
    // Its reports are then on the stream and will be counted. A second Ctrl-C would end the test at
    // once.
    let said = '';
    child.stderr!.on('data', text => {
      const before = said.includes('Waiting for the reports to be counted');
      said += text;
      if (!before && said.includes('Waiting for the reports to be counted')) child.kill('SIGINT');
    });
    const { code, stdout, stderr } = await ended;
    expect(stderr).toMatch(/^Stopping: everything that the test created is being removed\.$/m);
    expect([code, stdout.trimEnd().split('\n').at(-1)]).toEqual([
      130,
      'Interrupted: 4 proven, 0 failed, 6 not shown.',
    ]);
    expect(stdout).toContain('  removed: counts of smoke-edge\n');
    expect(await shown()).toEqual(expected);
    const { sites, edge } = await admin.data(
      '{ sites { items { name } } edge(id: "smoke-edge") { retired_at } }',
    );
    expect([sites.items, edge]).toEqual([[], { retired_at: expect.any(String) }]);
  }, 60_000);

  it.each([
    ['{ policies { items { nope } } }', 'ValidationError', /Field 'nope' in type 'Policy' is undefined/],
    [
      'mutation { createPolicy(name: "x", priority: 1001) { id } }',
      'ValidationError',
      /priority must be a whole number from 0 to 1000/,
    ],
    [
      '{ policies(limit: 0) { next_token } }',
      'ValidationError',
      /limit must be a whole number from 1 to 100/,
    ],
    ['mutation { deletePolicy(id: "default") { success } }', 'ValidationError', /default/],
  ])('answers %s with a typed error', async (query, errorType, message) => {
    const { errors } = await admin.ask(query);
    expect(errors?.[0]).toMatchObject({ errorType, message: expect.stringMatching(message) });
  });
});
