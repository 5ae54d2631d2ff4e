import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createPath } from '../../../core/inventory/paths/create-path.ts';
import { addEndpoint } from '../../../core/inventory/sites/add-endpoint.ts';
import { LOCAL_CREDENTIALS_ENVIRONMENT } from '../../../core/local-credentials.ts';
import { writePathMetrics } from '../../../core/routing/metrics/path-metrics-store.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { systemClock, systemSleep } from '../../../core/time/clock.ts';
import { consoleFiles } from '../../../local/console/console-files.ts';
import { type Container, startContainer } from '../../../local/lambda/container.ts';
import { TEMPLATE_SOURCES } from '../../../local/template/synthesize.ts';
import { personIn } from '../../support/api.ts';
import { dynamodbEndpoint } from '../../support/local-client.ts';
import { admin, newSite } from '../../support/network-bed.ts';
import { projectFile } from '../../support/project-files.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const run = promisify(execFile);

let folder: string;
let stdout: string;

interface Template {
  Resources: Record<string, { Type: string; Properties: { Code: { S3Key: string } } }>;
}

interface Assets {
  files: Record<string, { source: { path: string } }>;
}

// The environment has no account: everyone with a copy of the project can synthesize it.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patronus-synthesis-'));
  const env = { PATH: process.env.PATH, HOME: folder, CDK_OUTDIR: folder, AWS_EC2_METADATA_DISABLED: 'true' };
  ({ stdout } = await run(process.execPath, ['bin/patronus.ts'], { env }));
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(join(folder, file), 'utf8'));
}

async function bundleOf(stack: string, logicalId: RegExp): Promise<string> {
  const { Resources } = await readJson<Template>(`${stack}.template.json`);
  const { files } = await readJson<Assets>(`${stack}.assets.json`);
  const [, found] = Object.entries(Resources).find(
    ([id, { Type }]) => Type === 'AWS::Lambda::Function' && logicalId.test(id),
  )!;
  const hash = found.Properties.Code.S3Key.replace('.zip', '');
  return join(folder, files[hash]!.source.path, 'index.mjs');
}

describe('the CDK app', () => {
  it('writes its stacks without an account, and prints nothing to standard output', async () => {
    const files = await readdir(folder);
    expect(files.filter(file => file.endsWith('.template.json')).sort()).toEqual([
      'PatronusApi.template.json',
      'PatronusDashboard.template.json',
      'PatronusData.template.json',
      'PatronusEvents.template.json',
      'PatronusExport.template.json',
      'PatronusFlowLog.template.json',
      'PatronusIngest.template.json',
      'PatronusWeb.template.json',
    ]);
    expect(stdout).toBe('');
  });

  it('reads only files whose change makes a starting system synthesize again', async () => {
    const bundles = (await readdir(folder)).filter(file => file.startsWith('asset.'));
    const used = new Set<string>();
    for (const bundle of bundles) {
      const { sources } = await readJson<{ sources: string[] }>(join(bundle, 'index.mjs.map'));
      for (const source of sources) used.add(relative(projectFile(''), join(folder, bundle, source)));
    }
    const own = [...used].filter(file => !file.startsWith('node_modules/'));
    expect(own.length).toBeGreaterThan(100);
    const known = TEMPLATE_SOURCES.filter(pattern => pattern.endsWith('/**'));
    expect(own.filter(file => !known.some(pattern => file.startsWith(pattern.slice(0, -2))))).toEqual([]);
  });

  it('bundles every function with all its imports', async () => {
    const bundles = (await readdir(folder)).filter(file => file.startsWith('asset.'));
    expect(bundles.length).toBeGreaterThanOrEqual(3);
    for (const bundle of bundles) {
      const code = await readFile(join(folder, bundle, 'index.mjs'), 'utf8');
      const imported = [...code.matchAll(/(?:^|[;}\n])import[^"';()]*?from\s*["']([^"']+)["']/g)].map(
        match => match[1]!,
      );
      expect(imported.length).toBeGreaterThan(0);
      expect(imported.filter(name => !name.startsWith('node:'))).toEqual([]);
    }
  });
});

describe('the function that publishes the console', () => {
  it('contains the same build as npm start serves', async () => {
    const bundle = await bundleOf('PatronusWeb', /PublishConsole/);
    const [carried, built] = [join(dirname(bundle), 'files'), await consoleFiles()];
    const files = async (of: string) =>
      (await readdir(of, { recursive: true, withFileTypes: true }))
        .filter(entry => entry.isFile())
        .map(({ parentPath, name }) => relative(of, join(parentPath, name)))
        .sort();
    expect(await files(carried)).toEqual(await files(built));
    expect(await files(built)).toContain('index.html');
    for (const file of await files(built))
      expect((await readFile(join(carried, file))).equals(await readFile(join(built, file))), file).toBe(
        true,
      );
  });
});

describe('the bundle of the api function', () => {
  let t: TestTables;

  beforeAll(async () => {
    t = await createTables();
    vi.stubEnv('AUDIT_TABLE', t.tables.audit);
    vi.stubEnv('NETWORK_TABLE', t.tables.network);
    vi.stubEnv('TRAFFIC_TABLE', t.tables.traffic);
    vi.stubEnv('CACHE_TABLE', t.tables.cache);
    vi.stubEnv('USER_POOL_ID', 'eu-central-1_test');
    vi.stubEnv('EXPORT_BUCKET', 'files');
    vi.stubEnv('FLOW_BUCKET', 'flows');
    vi.stubEnv('EXPORT_FUNCTION', 'export');
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', dynamodbEndpoint());
    vi.stubEnv('AWS_REGION', 'eu-central-1');
    for (const [name, value] of Object.entries(LOCAL_CREDENTIALS_ENVIRONMENT)) vi.stubEnv(name, value);
  });

  afterAll(async () => {
    vi.unstubAllEnvs();
    await t.drop();
  });

  it('answers a call', async () => {
    const { handler } = await import(pathToFileURL(await bundleOf('PatronusApi', /^ApiFunction/)).href);
    const event = {
      type: 'Mutation',
      field: 'createPolicy',
      arguments: { name: 'Voice', priority: 900 },
      identity: personIn('admin'),
      source: null,
      selection: ['id', 'name'],
    };
    const answer = await handler(event, { awsRequestId: 'r', getRemainingTimeInMillis: () => 28_000 });
    expect(answer).toEqual({
      data: expect.objectContaining({ id: expect.stringMatching(/^p-/), name: 'Voice' }),
    });
  });

  it('drops cleared entries within a second, in every container', async () => {
    const file = await bundleOf('PatronusApi', /^ApiFunction/);
    const environment = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => ENVIRONMENT.test(name)),
    ) as Record<string, string>;
    const start = { file, handler: 'handler', functionName: 'api', functionArn: 'arn', memoryMb: 1024 };
    const make = () => startContainer({ ...start, environment, logGroupName: 'api', log: () => {} });
    const containers = [make(), make()] as const;
    const ask = async (container: Container, field: string, given: object) => {
      const [type] = field === 'clearCache' ? ['Mutation'] : ['Query'];
      const request = {
        type,
        field,
        arguments: given,
        identity: personIn('admin'),
        source: null,
        selection: [],
      };
      const answer = await container.invoke({
        requestId: crypto.randomUUID(),
        event: JSON.stringify(request),
        timeoutMs: 28_000,
      });
      // biome-ignore lint/suspicious/noExplicitAny: a test looks into the answer as a client does
      return (answer as { data: any }).data;
    };
    const { sites, paths } = await twoPaths(t);
    const decided = async (container: Container) => {
      const decision = await ask(container, 'routingDecision', { policy_id: 'default', ...sites });
      return decision?.selected_path_id;
    };
    try {
      await Promise.all(containers.map(container => container.ready()));
      for (const container of containers) expect(await decided(container)).toBe(paths[0]);
      await measure(t, paths[1]!, 1);
      for (const container of containers) expect(await decided(container)).toBe(paths[0]);
      expect(await ask(containers[0], 'clearCache', {})).toMatchObject({ success: true });
      const cleared = Date.now();
      // Requested all the time, so that it is busy serving from memory.
      while (Date.now() < cleared + 1000) await decided(containers[1]);
      for (const container of containers) expect(await decided(container)).toBe(paths[1]);
    } finally {
      await Promise.all(containers.map(container => container.stop()));
    }
  });
});

const ENVIRONMENT =
  /^(AWS_|PATH$|AUDIT_TABLE|NETWORK_TABLE|TRAFFIC_TABLE|CACHE_TABLE|USER_POOL_ID|EXPORT_|FLOW_)/;

function contextOf({ client, tables }: TestTables): StoreContext {
  const real = { clock: systemClock, sleep: systemSleep, random: Math.random };
  return { client, tables, ...real, deadline: Number.POSITIVE_INFINITY };
}

/** Two paths between two sites, the first with the lower latency. */
async function twoPaths(t: TestTables) {
  const context = contextOf(t);
  const [a, b] = [await newSite(context, 'A'), await newSite(context, 'B')];
  const sites = { source_site_id: a.id, destination_site_id: b.id };
  const paths: string[] = [];
  for (const endpoint_id of ['wan1', 'wan2']) {
    for (const site_id of [a.id, b.id]) {
      const endpoint = { endpoint_id, address: `${endpoint_id}.example.com`, interface_type: 'FIBER' };
      await addEndpoint(context, admin, { site_id, ...endpoint });
    }
    const ends = { source_endpoint_id: endpoint_id, destination_endpoint_id: endpoint_id };
    const path = await createPath(context, admin, { ...sites, ...ends });
    paths.push(path.id);
    await measure(t, path.id, 10 * paths.length);
  }
  return { sites, paths };
}

async function measure(t: TestTables, path_id: string, latency_ms: number): Promise<void> {
  const figures = { latency_ms, jitter_ms: 1, packet_loss_pct: 0, bandwidth_mbps: 100 };
  const metrics = { ...figures, measured_at: new Date().toISOString() };
  expect(await writePathMetrics(contextOf(t), { path_id, metrics })).toBeDefined();
}
