import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateStreamCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_CREDENTIALS } from '../../../core/local-credentials.ts';
import { localEdgeCredentials } from '../../../edge/commands/local-edge-credentials.ts';
import { makeOfficeCapture } from '../../../edge/sample/office-capture.ts';
import { kinesisClient } from '../../../edge/system/kinesis-client.ts';
import { startKinesis } from '../../../local/engines/kinesis.ts';
import { readStream, untilActive } from '../../support/edge-system.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway/test-gateway.ts';
import { projectFile } from '../../support/project-files.ts';
import { runEdge, startEdge } from '../../support/run-edge.ts';

const REGION = 'eu-central-1';
const SITE = '550e8400-e29b-41d4-a716-446655440000';
const PEER = '650e8400-e29b-41d4-a716-446655440000';
const office = makeOfficeCapture('office');
const file = (name: string) => readFileSync(projectFile(`graphql/${name}`), 'utf8');
const route = { policy_id: '7', path_id: 'path-1' };
const path = {
  path_id: 'path-1',
  endpoint_id: 'wan9',
  address: '',
  peer_endpoint_id: 'wan1',
  peer_address: '',
};

let folder: string;
let kinesis: Awaited<ReturnType<typeof startKinesis>>;
let client: KinesisClient;
let api: TestGateway;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patronus-unattended-'));
  kinesis = await startKinesis();
  client = kinesisClient({ endpoint: kinesis.endpoint, region: REGION, credentials: LOCAL_CREDENTIALS });
  await client.send(new CreateStreamCommand({ StreamName: 'reports', ShardCount: 1 }));
  await untilActive(client, 'reports');
  const policy = { id: '7', name: 'tcp', priority: 9, enabled: true, defined: true, match: { protocol: 6 } };
  api = await startTestGateway({
    sdl: file('schema.graphql'),
    answers: {
      'Query.policies': () => ({ data: { items: [policy], next_token: null, policies_version: '17' } }),
      'Query.pendingCommands': () => ({ data: [] }),
      'Query.edgeRoutes': () => ({
        data: {
          site_id: SITE,
          items: [{ destination_site_id: PEER, paths: [path], routes: [route] }],
          next_token: null,
        },
      }),
    },
    resolvers: [
      {
        typeName: 'Subscription',
        fieldName: 'edgeCommands',
        code: file('edge-commands.js'),
        dataSource: 'none',
      },
    ],
  });
});

afterAll(async () => {
  await api.stop();
  client.destroy();
  await kinesis.stop();
  await rm(folder, { recursive: true, force: true });
});

const args = () => [
  ...['read', '--stream', 'reports', '--region', REGION, '--graphql', api.url],
  ...['--edge-id', 'edge-a', '--spool', folder],
];
// The gateway knows an edge by the id of its access key.
const env = () => ({
  AWS_ACCESS_KEY_ID: localEdgeCredentials('edge-a').accessKeyId,
  AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
  AWS_ENDPOINT_URL_KINESIS: kinesis.endpoint,
});
const kept = async () => JSON.parse(await readFile(join(folder, 'kept.json'), 'utf8').catch(() => '{}'));

describe('an edge in the cloud without a token', () => {
  it('ends if it cannot read policies at its first start', async () => {
    const nowhere = await mkdtemp(join(folder, 'first-'));
    const run = await runEdge([...args(), '--graphql', 'http://127.0.0.1:9/graphql', '--spool', nowhere], {
      env: env(),
    });
    expect(run).toEqual({
      code: 1,
      stdout: '',
      stderr: 'The system at http://127.0.0.1:9/graphql does not answer (bad port): is it running?\n',
    });
  });

  it('signs with its own credentials, and keeps policies, site, paths and routes', async () => {
    const edge = startEdge(args(), { env: env() });
    edge.child.stdin!.write(office.file);
    await expect.poll(async () => (await kept()).routes?.routes, { timeout: 20_000 }).toHaveLength(1);
    edge.child.stdin!.end();
    const { code, stderr } = await edge.ended;
    expect(stderr).not.toContain('refused');
    expect(code).toBe(0);
    expect(await kept()).toEqual({
      v: 1,
      system: api.url,
      site_id: SITE,
      policies: {
        read_at: expect.stringMatching(/Z$/),
        version: '17',
        policies: [{ id: '7', name: 'tcp', priority: 9, enabled: true, match: { protocol: 6 } }],
      },
      routes: {
        read_at: expect.stringMatching(/Z$/),
        paths: [path],
        routes: [{ destination_site_id: PEER, ...route }],
      },
    });
    expect(api.events[0]!.identity).toMatchObject({ accountId: expect.any(String) });
  }, 60_000);

  it('continues with its stored policies if the API is down at its start, and loses nothing', async () => {
    await api.stop();
    const { policies, routes } = await kept();
    await rm(join(folder, 'routes.json'));
    const edge = startEdge(args(), { env: env() });
    edge.child.stdin!.write(office.file);
    const routesFile = () => readFile(join(folder, 'routes.json'), 'utf8').catch(() => '{}');
    await expect
      .poll(async () => JSON.parse(await routesFile()).routes, { timeout: 20_000 })
      .toEqual([{ destination_site_id: PEER, ...route }]);
    edge.child.stdin!.end();
    const { code, stderr } = await edge.ended;
    const away = `The system at ${api.url} does not answer (ECONNREFUSED): is it running?`;
    expect(stderr).toContain(
      `${away} Until it answers, this edge counts by the policies that it read at ${policies.read_at} (version 17).\n`,
    );
    expect(stderr).toContain(`${away} Reports name the last known site, ${SITE}.\n`);
    expect(stderr).toContain(
      `Until the system answers, this edge keeps the paths and routes that it read at ${routes.read_at}.\n`,
    );
    expect(code).toBe(0);
    const reports = await readStream(client, 'reports');
    const [first, second] = [...Map.groupBy(reports, ({ boot_id }) => boot_id).values()].map(
      of => of.at(-1)!,
    );
    expect(second).toMatchObject({ site_id: SITE, policies_version: '17' });
    expect(second!.policies).toEqual(first!.policies);
    expect(second!.policies.map(({ policy_id }) => policy_id).sort()).toEqual(['7', 'default']);
    // The data that it continued with has kept its age.
    expect(await kept()).toMatchObject({ policies, routes });
  }, 60_000);

  it('continues to count when its spool cannot store a report, and reports everything afterwards', async () => {
    // In the way of the first report only.
    await mkdir(join(folder, '000000000001.json.tmp'));
    const before = (await readStream(client, 'reports')).length;
    const edge = startEdge([...args(), '--interval', '100'], { env: env() });
    edge.child.stdin!.write(office.file);
    const state = async () => JSON.parse(await readFile(join(folder, 'state.json'), 'utf8'));
    edge.child.stdin!.end();
    const { code, stderr } = await edge.ended;
    expect(stderr).toContain('Counting continues; the next report contains all of it.\n');
    expect(code).toBe(0);
    const last = (await readStream(client, 'reports')).slice(before).at(-1)!;
    expect(last.policies.reduce((sum, { packets }) => sum + packets, 0n)).toBe(BigInt(office.packets));
    expect((await state()).troubles.spool).toBeUndefined();
  }, 60_000);
});
