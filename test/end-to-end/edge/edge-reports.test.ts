import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LOCAL_CREDENTIALS_ENVIRONMENT } from '../../../core/local-credentials.ts';
import { makeOfficeCapture } from '../../../edge/sample/office-capture.ts';
import { type EdgeSystem, startEdgeSystem, writeSystemFiles } from '../../support/edge-system.ts';
import { modelFlowSums, modelTotals } from '../../support/fake-stream.ts';
import { projectFile } from '../../support/project-files.ts';
import { runEdge, startEdge } from '../../support/run-edge.ts';

const OFFICE = projectFile('edge/sample/office.pcap');
const office = makeOfficeCapture('office');

let system: EdgeSystem;
let folder: string;

beforeAll(async () => {
  system = await startEdgeSystem();
});
beforeEach(async () => {
  await system.renew();
  folder = await mkdtemp(join(tmpdir(), 'patronus-edge-run-'));
});
afterAll(() => system.stop());

const local = () => ['--system', system.folder];

/** Options for a stream in the "cloud", which is the same engine. */
const cloud = (stream = system.stream) => [
  '--stream',
  stream,
  '--region',
  'eu-central-1',
  '--spool',
  folder,
  '--edge-id',
  'edge-a',
];
const cloudEnv = async (endpoint?: string) => ({
  AWS_ENDPOINT_URL_KINESIS: endpoint ?? (await endpointOf(system)),
  ...LOCAL_CREDENTIALS_ENVIRONMENT,
});

async function endpointOf({ client }: EdgeSystem): Promise<string> {
  const { protocol, hostname, port } = await client.config.endpoint!();
  return `${protocol}//${hostname}:${port}`;
}

/** Whether a file of the spool is a report. */
const isReport = (name: string) => /^\d{12}\.json$/.test(name);

const OFFICE_TOTALS = new Map([
  ['default wan1 packets', BigInt(office.packets)],
  ['default wan1 bytes', BigInt(office.bytes)],
]);

describe('edge replay to a running system', () => {
  it("sends its counts under the system's policies, one report for each interval, and waits until they are counted", async () => {
    const match = {
      source_cidr: null,
      destination_cidr: null,
      source_port: null,
      destination_port_from: null,
      destination_port_to: null,
      protocol: null,
      application: null,
    };
    system.api.policies = [
      {
        id: '1',
        name: 'web',
        priority: 100,
        enabled: true,
        defined: true,
        match: { ...match, application: 'web' },
      },
      {
        id: '2',
        name: 'all tcp',
        priority: 50,
        enabled: true,
        defined: true,
        match: { ...match, protocol: 6 },
      },
      { id: '3', name: 'off', priority: 900, enabled: false, defined: true, match },
      { id: '9', name: 'gone', priority: 0, enabled: false, defined: false, match },
      { id: 'default', name: 'default', priority: 0, enabled: true, defined: true, match },
    ];
    system.api.policies_version = '17';
    system.api.site_id = '550e8400-e29b-41d4-a716-446655440000';
    const { code, stdout, stderr } = await runEdge([
      'replay',
      OFFICE,
      '--edge-id',
      'edge-a',
      '--wait',
      '--json',
      ...local(),
    ]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const summary = JSON.parse(stdout);
    const reports = await system.reports();
    expect(reports.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    expect(summary).toMatchObject({
      packets: office.packets,
      bytes: office.bytes,
      edge_id: 'edge-a',
      boot_id: reports[0]!.boot_id,
      seq: 5,
      parts: 1,
    });
    for (const report of reports) {
      expect(report).toMatchObject({
        edge_id: 'edge-a',
        policies_version: '17',
        interval_s: 60,
        site_id: system.api.site_id,
      });
    }
    for (const { policy_id, packets, bytes } of summary.policies) {
      const sent = reports.at(-1)!.policies.find(pair => pair.policy_id === policy_id);
      expect([sent?.packets, sent?.bytes]).toEqual([BigInt(packets), BigInt(bytes)]);
    }
    expect(summary.policies.map(({ policy_id }: { policy_id: string }) => policy_id)).toEqual([
      '1',
      '2',
      'default',
    ]);
    expect(modelFlowSums(reports)).toEqual(modelTotals(reports));
    expect(await readdir(join(system.folder, 'edge', 'edge-a'))).toEqual(['lock.sqlite']);
  });

  it('counts a run once that is repeated under its boot id', async () => {
    for (let run = 0; run < 2; run++) {
      const args = ['replay', OFFICE, '--edge-id', 'edge-b', '--boot-id', 'boot-1', '--wait', ...local()];
      const { code, stdout } = await runEdge(args);
      expect(code).toBe(0);
      expect(stdout).toMatch(
        /\nSent 5 reports of edge-b, boot boot-1\.\nThe system has counted all of it\.\n$/,
      );
    }
    expect(modelTotals(await system.reports())).toEqual(OFFICE_TOTALS);
  });

  it.each([
    ['edge-e', []],
    ['edge-g', ['--wait']],
  ])(
    'of %s fails if other traffic was counted under its boot id, and names the reports that were not new',
    async (edge, wait) => {
      const args = ['--edge-id', edge, '--boot-id', 'boot-1', ...local()];
      expect((await runEdge(['replay', OFFICE, ...args, '--wait'])).code).toBe(0);
      const before = (await system.reports()).filter(({ edge_id }) => edge_id === edge).length;
      const other = await runEdge(['replay', OFFICE, OFFICE, ...args, ...wait]);
      const sent = (await system.reports()).filter(({ edge_id }) => edge_id === edge).length - before;
      expect(other.code).toBe(1);
      const reason =
        /^(\d+) of (\d+) reports were not new\. Boot boot-1 of \S+ had counted other traffic before this run: \d+ packets up to its report (\d+)\. A boot id belongs to one run: this run is not counted, or only partly\. Repeat it with a new --boot-id\.$/m;
      const [, not_new, of, counted] = reason.exec(other.stderr) ?? [];
      expect([of, not_new]).toEqual([`${sent}`, counted]);
      expect((await runEdge(['replay', OFFICE, ...args, '--boot-id', 'boot-2', '--wait'])).code).toBe(0);
    },
  );

  it('reports that the system has not counted everything when Ctrl-C ends the wait', async () => {
    system.api.counts = false;
    const { child, ended } = startEdge(['replay', OFFICE, '--edge-id', 'edge-c', '--wait', ...local()], {
      input: '',
    });
    while ((await system.reports()).length < 5) await new Promise(resolve => setTimeout(resolve, 100));
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(stderr).toBe('Stopping: the last report is being sent.\n');
    expect(code).toBe(130);
  });

  it('rejects a second process of the same edge', async () => {
    const first = startEdge(['read', '--edge-id', 'edge-d', ...local()]);
    first.child.stdin!.write(office.file);
    const lock = join(system.folder, 'edge', 'edge-d', 'lock.json');
    while (!existsSync(lock)) await new Promise(resolve => setTimeout(resolve, 50));
    const second = await runEdge(['read', '--edge-id', 'edge-d', ...local()]);
    expect(second).toEqual({
      code: 1,
      stdout: '',
      stderr: `Process ${first.child.pid} already reports for this edge from ${join(lock, '..')}: stop it, or use another --edge-id or --spool.\n`,
    });
    first.child.stdin!.end();
    expect((await first.ended).code).toBe(0);
  });

  it('reports that the system started here no longer exists', async () => {
    const gone = await mkdtemp(join(tmpdir(), 'patronus-gone-'));
    const address = 'http://127.0.0.1:1';
    await writeSystemFiles(gone, {
      graphql: `${address}/graphql`,
      cognito: address,
      kinesis: address,
      stream: 's',
      pool: 'p',
    });
    expect(await runEdge(['replay', OFFICE, '--system', gone])).toEqual({
      code: 1,
      stdout: '',
      stderr: `The system at ${address} does not answer (bad port): is it running?\n`,
    });
    await rm(gone, { recursive: true });
  });

  it('reports invalid files of the local system', async () => {
    const broken = await mkdtemp(join(tmpdir(), 'patronus-broken-'));
    await writeFile(join(broken, 'endpoints.json'), '{"graphql": 7}');
    expect(await runEdge(['replay', OFFICE, '--system', broken])).toEqual({
      code: 1,
      stdout: '',
      stderr: `${join(broken, 'endpoints.json')} was not written by npm start: restart the system with npm start.\n`,
    });
    await rm(broken, { recursive: true });
  });
});

describe('edge replay to a stream in the cloud', () => {
  it('needs only the stream', async () => {
    const { code, stdout } = await runEdge(['replay', OFFICE, ...cloud()], { env: await cloudEnv() });
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nSent 5 reports of edge-a, boot [0-9A-Z]{26}\.\n$/);
    expect(modelTotals(await system.reports())).toEqual(OFFICE_TOTALS);
  });

  it('reports a missing stream, keeps the report, and sends it first the next time', async () => {
    const env = await cloudEnv();
    const args = ['replay', OFFICE, '--region', 'eu-central-1', '--spool', folder, '--edge-id', 'edge-a'];
    const failed = await runEdge([...args, '--boot-id', 'first', '--stream', 'none'], { env });
    expect(failed).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'There is no policies file and no system: everything counts under "default".\n' +
        'The stream none did not accept the report: the stream does not exist; check --stream and --region.\n' +
        'This run is boot first; its report 1 is kept and sent first the next time. Repeat the same input under the same boot id to continue; nothing is counted twice:\n' +
        `  npm run edge -- replay ${OFFICE} --region eu-central-1 --spool ${folder} --edge-id edge-a --boot-id first --stream none\n`,
    });
    expect(await readdir(folder)).toEqual(['000000000001.json', 'lock.sqlite']);
    // For another stream it stays where it is.
    const other = await runEdge([...args, '--boot-id', 'second', '--stream', system.stream], { env });
    expect(other.stderr).toContain(
      `${folder} keeps 1 unsent report for another system; delete them if that system no longer exists.\n`,
    );
    expect(await readdir(folder)).toEqual(['000000000001.json', 'lock.sqlite']);
  });

  it('sends the last report of a killed run before its own first one', async () => {
    // No process listens on this port: the reports of the first run stay in its spool.
    const dead = startEdge(['replay', OFFICE, ...cloud(), '--boot-id', 'killed'], {
      env: await cloudEnv('http://127.0.0.1:1'),
      input: '',
    });
    while (!(await readdir(folder)).some(isReport)) await new Promise(resolve => setTimeout(resolve, 20));
    dead.child.kill('SIGKILL');
    await dead.ended;
    const { code } = await runEdge(['replay', OFFICE, ...cloud(), '--boot-id', 'next'], {
      env: await cloudEnv(),
    });
    expect(code).toBe(0);
    const reports = await system.reports();
    expect(reports.map(({ boot_id, seq }) => `${boot_id} ${seq}`)).toEqual([
      'killed 1',
      'next 1',
      'next 2',
      'next 3',
      'next 4',
      'next 5',
    ]);
    expect(await readdir(folder)).toEqual(['lock.sqlite']);
  });
});

/**
 * The output of the program, without the port of probes, which another edge on this machine may
 * have.
 */
function withoutBusyPort(stderr: string): string {
  return stderr.replace(/^Probes of other edges are not answered here: bind EADDRINUSE \S+\n/m, '');
}

describe('edge read to a running system', () => {
  it('reports during reading, and sends the last report on Ctrl-C', async () => {
    const { child, ended } = startEdge(['read', '--edge-id', 'edge-e', '--interval', '100', ...local()]);
    // The capture ends within a packet, as a live one may.
    child.stdin!.write(office.file.subarray(0, office.file.length - 20));
    while ((await system.reports()).length < 2) await new Promise(resolve => setTimeout(resolve, 100));
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect(withoutBusyPort(stderr)).toBe('Stopping: the last report is being sent.\n');
    expect(stdout).toContain('Sent 3 reports of edge-e');
    expect(code).toBe(0);
    const counted = modelTotals(await system.reports()).get('default wan1 packets');
    expect(counted).toBe(BigInt(office.packets - 1));
  });

  it('reports by the clock of this machine if there is no traffic', async () => {
    const { child, ended } = startEdge(['read', '--edge-id', 'edge-f', '--interval', '0.5', ...local()]);
    child.stdin!.write(office.file.subarray(0, 2000));
    let reports = await system.reports();
    while (reports.length < 4) {
      await new Promise(resolve => setTimeout(resolve, 100));
      reports = await system.reports();
    }
    // On a busy machine a report may be replaced by the next before it is sent, so a number may be
    // missing.
    const numbers = reports.map(({ seq }) => seq);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    child.stdin!.end();
    await ended;
  });
});

describe('edge read to a stream that rejects records', () => {
  it('reports that during reading, and fails at the end with the report stored', async () => {
    const { child, ended } = startEdge(['read', ...cloud('none'), '--interval', '60'], {
      env: await cloudEnv(),
    });
    child.stdin!.write(office.file);
    while (!(await readdir(folder)).some(isReport)) await new Promise(resolve => setTimeout(resolve, 50));
    child.stdin!.end();
    const refused =
      'The stream none did not accept the report: the stream does not exist; check --stream and --region.\n';
    const { code, stderr } = await ended;
    expect(stderr).toBe(
      `There is no policies file and no system: everything counts under "default".\n${refused}${refused}`,
    );
    expect(code).toBe(1);
    expect((await readdir(folder)).sort()).toEqual([
      '000000000001.json',
      '000000000002.json',
      'key.json',
      'lock.sqlite',
      'state.json',
    ]);
  });
});

describe('edge simulate', () => {
  it("sends the same traffic for the same seed, and prints the system's counts", async () => {
    const args = [
      'simulate',
      '--edges',
      '2',
      '--seed',
      '7',
      '--duration',
      '60',
      '--speed',
      '1000',
      '--json',
      ...local(),
    ];
    const first = await runEdge(args);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    const { packets, bytes, reports } = JSON.parse(first.stdout);
    expect(reports).toBe((await system.reports()).length);
    const counted = [...modelTotals(await system.reports())];
    const sum = (name: string) =>
      counted.filter(([key]) => key.endsWith(name)).reduce((all, [, count]) => all + count, 0n);
    expect([sum('packets'), sum('bytes')]).toEqual([BigInt(packets), BigInt(bytes)]);
    await system.renew();
    const second = JSON.parse((await runEdge(args)).stdout);
    expect([second.packets, second.bytes]).toEqual([packets, bytes]);
  });
});
