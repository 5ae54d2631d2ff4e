import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { personIn } from '../support/api.ts';
import { createTables, type TestTables } from '../support/tables.ts';

const run = promisify(execFile);

let folder: string;
let stdout: string;

interface Template {
  Resources: Record<string, { Type: string; Properties: { Code: { S3Key: string } } }>;
}

interface Assets {
  files: Record<string, { source: { path: string } }>;
}

// Nothing of an account is in the environment: whoever checks the project out can synthesize it.
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
  it('writes its stacks without an account, and nothing to standard output', async () => {
    const files = await readdir(folder);
    expect(files.filter(file => file.endsWith('.template.json')).sort()).toEqual([
      'PatronusApi.template.json',
      'PatronusData.template.json',
      'PatronusEvents.template.json',
      'PatronusExport.template.json',
      'PatronusIngest.template.json',
    ]);
    expect(stdout).toBe('');
  });

  it('bundles every function with all that it imports', async () => {
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

describe('the bundle of the api function', () => {
  let t: TestTables;

  beforeAll(async () => {
    t = await createTables();
    vi.stubEnv('NETWORK_TABLE', t.tables.network);
    vi.stubEnv('TRAFFIC_TABLE', t.tables.traffic);
    vi.stubEnv('CACHE_TABLE', t.tables.cache);
    vi.stubEnv('USER_POOL_ID', 'eu-central-1_test');
    vi.stubEnv('EXPORT_BUCKET', 'files');
    vi.stubEnv('EXPORT_FUNCTION', 'export');
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', inject('dynamodbEndpoint'));
    vi.stubEnv('AWS_REGION', 'eu-central-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  });

  afterAll(async () => {
    vi.unstubAllEnvs();
    await t.drop();
  });

  it('answers', async () => {
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
    expect(answer).toEqual({ data: expect.objectContaining({ id: '1', name: 'Voice' }) });
  });
});
