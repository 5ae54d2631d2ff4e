import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CreateStreamCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_CREDENTIALS } from '../../../core/local-credentials.ts';
import { readSignedRecord } from '../../../core/report/signed-record.ts';
import { localEdgeCredentials } from '../../../edge/commands/local-edge-credentials.ts';
import { makeOfficeCapture } from '../../../edge/sample/office-capture.ts';
import { kinesisClient } from '../../../edge/system/kinesis-client.ts';
import { startKinesis } from '../../../local/engines/kinesis.ts';
import { buildEdge, PACKAGED_PROGRAM } from '../../../scripts/edge-package/build-edge.ts';
import { readRecords, readStream, untilActive } from '../../support/edge-system.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway/test-gateway.ts';
import { projectFile, projectText } from '../../support/project-files.ts';

const REGION = 'eu-central-1';
const SITE = '550e8400-e29b-41d4-a716-446655440000';
const office = makeOfficeCapture('office');
const { packets, bytes, skipped } = office;

/** A folder with nothing but the program. */
let folder: string;
let kinesis: Awaited<ReturnType<typeof startKinesis>>;
let client: KinesisClient;
let api: TestGateway;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patronus-packaged-'));
  await writeFile(join(folder, PACKAGED_PROGRAM), (await buildEdge(projectFile(''))).file);
  kinesis = await startKinesis();
  client = kinesisClient({ endpoint: kinesis.endpoint, region: REGION, credentials: LOCAL_CREDENTIALS });
  await client.send(new CreateStreamCommand({ StreamName: 'reports', ShardCount: 1 }));
  await untilActive(client, 'reports');
  api = await startTestGateway({
    sdl: readFileSync(projectFile('graphql/schema.graphql'), 'utf8'),
    answers: {
      'Query.policies': () => ({ data: { items: [], next_token: null, policies_version: '17' } }),
      'Query.pendingCommands': () => ({ data: [] }),
      'Query.edgeRoutes': () => ({ data: { site_id: SITE, items: [], next_token: null } }),
      'Query.ownEdge': async ({ arguments: { edge_id } }) => ({ data: await countedOf(String(edge_id)) }),
    },
  });
});
afterAll(async () => {
  await api.stop();
  client.destroy();
  await kinesis.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The newest report of an edge in the system, once it is counted. */
async function countedOf(id: string) {
  const report = (await readStream(client, 'reports')).filter(({ edge_id }) => edge_id === id).at(-1);
  if (!report) return null;
  const sum = (field: 'packets' | 'bytes') =>
    String(report.policies.reduce((total, policy) => total + policy[field], 0n));
  const counted = { packets_exact: sum('packets'), bytes_exact: sum('bytes') };
  return { parts: [{ part: 0, boot_id: report.boot_id, seq: report.seq, ...counted }], refused: null };
}

interface Run {
  input?: Buffer;
  env?: Record<string, string>;
  /** Before the program's file. */
  node?: string[];
}

/** Runs the program in its folder with Node's own file and nothing else of the project. */
function run(args: string[], { input, env = {}, node = [] }: Run = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...node, PACKAGED_PROGRAM, ...args], {
    cwd: folder,
    env: { PATH: '/usr/bin:/bin', ...env },
    input: input ?? '',
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

/** Runs it next to the servers of this process. */
function runBeside(
  command: string,
  args: string[],
  env: Record<string, string>,
): Promise<Omit<Run, 'env'> & { code: number | null; stdout: string; stderr: string }> {
  const child = spawn(command, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', chunk => {
    output.stdout += chunk;
  });
  child.stderr.on('data', chunk => {
    output.stderr += chunk;
  });
  return new Promise(resolve => child.once('close', code => resolve({ code, ...output })));
}

// The gateway knows an edge by the id of its access key.
const signedAs = (edge_id: string) => ({
  PATH: '/usr/bin:/bin',
  AWS_ACCESS_KEY_ID: localEdgeCredentials(edge_id).accessKeyId,
  AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
  AWS_ENDPOINT_URL_KINESIS: kinesis.endpoint,
});

const counted = expect.stringMatching(/^\{.*\}\n$/);
const totals = { packets, bytes, skipped };
const unasked = 'There is no policies file and no system: everything counts under "default".\n';

describe('the packaged edge program, alone in a folder', () => {
  it('prints its version, its commands, and the error of a wrong command', () => {
    const { version } = JSON.parse(projectText('package.json'));
    expect(run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    const help = run(['--help']);
    expect(help.stdout).toMatch(/^Usage: patronus-edge \[options\] \[command\]\n/);
    for (const name of ['replay', 'read', 'match', 'status', 'key', 'sample', 'simulate'])
      expect(help.stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect(run(['raed'])).toEqual({
      code: 2,
      stdout: '',
      stderr: "error: unknown command 'raed'\n(use --help for usage)\n",
    });
  });

  it('rejects an older Node with a sentence', async () => {
    const older = 'Object.defineProperty(process, "versions", { value: { node: "20.1.0" } });';
    const { code, stdout, stderr } = run(['--version'], {
      node: ['--import', `data:text/javascript,${older}`],
    });
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: `patronus-edge needs Node 24 or newer, but this is ${process.version}: install a newer Node, or run it by its path.\n`,
    });
  });

  it('writes its sample once, and counts it from the file and from the standard input', async () => {
    expect(run(['sample', 'office.pcap'])).toEqual({
      code: 0,
      stdout: '',
      stderr: `office.pcap is a capture of ${office.file.length} bytes: five minutes of a simulated small office.\n`,
    });
    expect((await readFile(join(folder, 'office.pcap'))).equals(office.file)).toBe(true);
    expect(run(['sample', 'office.pcap'])).toEqual({
      code: 1,
      stdout: '',
      stderr: "office.pcap can't be written (it exists already): give another file.\n",
    });
    const replayed = run(['replay', 'office.pcap', '--dry-run', '--json']);
    expect(replayed).toEqual({ code: 0, stdout: counted, stderr: unasked });
    expect(JSON.parse(replayed.stdout)).toMatchObject(totals);
    const read = run(['read', '--dry-run', '--json'], { input: office.file });
    expect(read).toEqual({ code: 0, stdout: counted, stderr: unasked });
    expect(JSON.parse(read.stdout)).toMatchObject(totals);
  });

  it('says which policy matches a flow', async () => {
    await writeFile(
      join(folder, 'policies.json'),
      JSON.stringify([{ id: '1', priority: 5, match: { protocol: 6 } }]),
    );
    const args = [
      'match',
      '--policies',
      'policies.json',
      '--src',
      '10.1.2.3:51234',
      '--dst',
      '192.0.2.9:443',
    ];
    const { code, stdout, stderr } = run([...args, '--protocol', 'tcp', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ policy_id: '1' });
  });

  it('finds a local system and stores its spools in .local in the current folder', () => {
    const { code, stdout } = run(['status', '--edge-id', 'edge-x', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ run: 'unknown', folder: join(folder, '.local/edge/edge-x') });
  });

  it('replays into the cloud as its own role and waits until everything is counted', async () => {
    const target = ['--stream', 'reports', '--region', REGION, '--graphql', api.url];
    const args = [
      'replay',
      'office.pcap',
      '--edge-id',
      'edge-a',
      '--wait',
      '--json',
      '--spool',
      'spool-a',
      ...target,
    ];
    const { code, stdout, stderr } = await runBeside(
      process.execPath,
      [PACKAGED_PROGRAM, ...args],
      signedAs('edge-a'),
    );
    expect({ code, refusals: stderr.match(/.*refused.*/g) }).toEqual({ code: 0, refusals: null });
    expect(JSON.parse(stdout)).toMatchObject({ ...totals, edge_id: 'edge-a' });
    const asked = api.events.filter(({ field }) => field === 'ownEdge');
    expect(asked.map(({ arguments: given }) => given)).toContainEqual({ edge_id: 'edge-a' });
  });

  it('simulates edges whose reports reach the stream', async () => {
    const target = ['--stream', 'reports', '--region', REGION];
    const args = [
      'simulate',
      '--edges',
      '1',
      '--interval',
      '1',
      '--speed',
      '60',
      '--duration',
      '2',
      ...target,
    ];
    const { code, stdout } = await runBeside(
      process.execPath,
      [PACKAGED_PROGRAM, ...args, '--json'],
      signedAs('x'),
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ reports: 2 });
  });

  it("runs as a systemd unit on tcpdump's capture, notifies systemd, and has a good status afterwards", async () => {
    const bin = await mkdtemp(join(folder, 'bin-'));
    const stand = (name: string, script: string) =>
      writeFile(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    await stand('tcpdump', `printf '%s\\n' "$@" > ${bin}/tcpdump.args; cat ${folder}/office.pcap`);
    await stand('systemd-notify', `printf '%s\\n' "$@" >> ${bin}/told`);
    await stand('node', `exec ${process.execPath} "$@"`);
    const { code, stderr } = await runBeside('/bin/bash', ['-c', unitCommand()], {
      ...signedAs('edge-b'),
      PATH: `${bin}:/usr/bin:/bin`,
      NOTIFY_SOCKET: '/nowhere',
      STATE_DIRECTORY: join(folder, 'state'),
      ...{ EDGE_ID: 'edge-b', ENDPOINT_ID: 'wan2', INTERVAL_S: '60' },
      ...{ STREAM: 'reports', GRAPHQL: api.url, AWS_REGION: REGION },
      ...{ CAPTURE_INTERFACE: 'eth 1', CAPTURE_FILTER: 'not port 22 and "x"' },
    });
    expect({ code, refusals: stderr.match(/.*refused.*/g) }).toEqual({ code: 0, refusals: null });
    expect(await readFile(join(bin, 'tcpdump.args'), 'utf8')).toBe(
      '-i\neth 1\n-n\n-p\n-s\n256\n-U\n-w\n-\n--\nnot port 22 and "x"\n',
    );
    expect((await readFile(join(bin, 'told'), 'utf8')).split('\n')[0]).toBe('READY=1');
    expect((await countedOf('edge-b'))!.parts[0]).toMatchObject({ packets_exact: String(packets) });
    const last = (await readStream(client, 'reports')).filter(({ edge_id }) => edge_id === 'edge-b').at(-1)!;
    expect(last.policies[0]).toMatchObject({ policy_id: 'default', endpoint_id: 'wan2' });
    const { kid } = JSON.parse(run(['key', '--edge-id', 'edge-b', '--spool', 'state', '--json']).stdout);
    const signed = (await readRecords(client, 'reports')).filter(
      ({ PartitionKey }) => PartitionKey === 'edge-b',
    );
    expect(new Set(signed.map(({ Data }) => readSignedRecord(Data!).kid))).toEqual(new Set([kid]));
    const status = run(['status', '--spool', 'state', '--json']);
    expect(JSON.parse(status.stdout)).toMatchObject({ edge_id: 'edge-b', run: 'ended', next_steps: [] });
    expect(status.code).toBe(0);
  });

  it('leaves no other files in its folder', async () => {
    const known = [PACKAGED_PROGRAM, 'office.pcap', 'policies.json', 'spool-a', 'state'];
    const found = (await readdir(folder)).filter(name => !name.startsWith('bin-'));
    expect(found.sort()).toEqual(known.sort());
  });
});

/** The command that the unit passes to bash, with the path of the program in this test. */
function unitCommand(): string {
  const unit = projectText('edge/service/patronus-edge.service').replaceAll('\\\n', ' ');
  const [, command] = /^ExecStart=\/bin\/bash -c '(.*)'$/m.exec(unit)!;
  const installed = `/opt/patronus/${PACKAGED_PROGRAM}`;
  expect(command).toContain(installed);
  return command!.replaceAll('$$', '$').replace(dirname(installed), folder);
}
