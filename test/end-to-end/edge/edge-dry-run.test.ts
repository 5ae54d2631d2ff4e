import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeOfficeCapture } from '../../../edge/sample/office-capture.ts';
import { ethernet, ipv4, pcap, pcapngBlocks } from '../../support/capture-builder.ts';
import { projectFile, SHARED_CAPTURES } from '../../support/project-files.ts';
import { runEdge, startEdge } from '../../support/run-edge.ts';

const OFFICE = projectFile('edge/sample/office.pcap');

const office = makeOfficeCapture('office');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patronus-dry-run-'));
  await writeFile(
    join(folder, 'policies.json'),
    JSON.stringify([
      { id: '1', priority: 10, match: { protocol: 6 } },
      { id: '2', name: 'Names', priority: 20, match: { destination_port_from: 53 } },
      { id: '3', priority: 30, enabled: false },
    ]),
  );
  await writeFile(join(folder, 'cut.pcap'), office.file.subarray(0, office.file.length - 10));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs without a system and from the test's folder. */
function edge(args: string[], options: { input?: Buffer | string } = {}) {
  return runEdge([...args, '--system', folder], { cwd: folder, ...options });
}

describe('edge replay --dry-run --json', () => {
  it('has the sample capture that its script generates', async () => {
    expect((await readFile(OFFICE)).equals(office.file)).toBe(true);
  });

  it('prints exactly one line with the counts of the capture', async () => {
    const { code, stdout, stderr } = await edge(['replay', OFFICE, '--dry-run', '--json']);
    expect(stderr).toBe('There is no policies file and no system: everything counts under "default".\n');
    expect(stdout.split('\n')).toHaveLength(2);
    const counted = JSON.parse(stdout);
    const { packets, bytes, skipped } = office;
    expect(counted).toMatchObject({ packets, bytes, skipped });
    expect(Object.keys(counted)).toEqual([
      'packets',
      'bytes',
      'flows',
      'flows_l4',
      'skipped',
      'skipped_by_reason',
      'policies',
    ]);
    expect(counted.skipped_by_reason).toEqual({ arp: skipped });
    expect(counted.policies).toEqual([
      { policy_id: 'default', packets, bytes, flows: counted.flows, policy_name: 'Default' },
    ]);
    expect(code).toBe(0);
  });

  it("counts by policy; relative file names start at the user's folder", async () => {
    const { stdout } = await edge(['replay', OFFICE, '--dry-run', '--json', '--policies', 'policies.json']);
    const { packets, bytes, flows, policies } = JSON.parse(stdout);
    expect(policies.map(({ policy_id }: { policy_id: string }) => policy_id)).toEqual(['1', '2', 'default']);
    for (const [name, all] of Object.entries({ packets, bytes, flows })) {
      expect(policies.reduce((sum: number, policy: Record<string, number>) => sum + policy[name]!, 0)).toBe(
        all,
      );
    }
    for (const policy of policies) expect(policy.packets).toBeGreaterThan(0);
  });

  it('counts several files, and flows that occur in two of them once', async () => {
    const once = JSON.parse((await edge(['replay', OFFICE, '--dry-run', '--json'])).stdout);
    const twice = JSON.parse((await edge(['replay', OFFICE, OFFICE, '--dry-run', '--json'])).stdout);
    expect(twice).toMatchObject({
      packets: 2 * once.packets,
      bytes: 2 * once.bytes,
      skipped: 2 * once.skipped,
      flows: once.flows,
    });
  });

  it('counts the complete packets of a truncated file, reports it, and fails', async () => {
    const { code, stdout, stderr } = await edge([
      'replay',
      'cut.pcap',
      OFFICE,
      '--dry-run',
      '--json',
      '--policies',
      'policies.json',
    ]);
    expect(JSON.parse(stdout).packets).toBe(2 * office.packets - 1);
    expect(stderr).toMatch(
      /^cut\.pcap: The capture is truncated in a packet record: it ends after \d+ bytes, and at least \d+ were expected\. Everything before byte \d+ was counted\.\n$/,
    );
    expect(code).toBe(1);
  });

  it('reads a capture from the standard input', async () => {
    const { code, stdout } = await edge(['read', '--dry-run', '--json'], { input: office.file });
    expect(JSON.parse(stdout)).toMatchObject({
      packets: office.packets,
      bytes: office.bytes,
      skipped: office.skipped,
    });
    expect(code).toBe(0);
  });

  it('reads compressed captures from files and from the standard input', async () => {
    const packed = {
      'office.pcap.gz': gzipSync(office.file),
      'office.pcap.zst': zstdCompressSync(office.file),
    };
    const expected = { packets: office.packets, bytes: office.bytes, skipped: office.skipped };
    for (const [name, input] of Object.entries(packed)) {
      await writeFile(join(folder, name), input);
      const replayed = await edge(['replay', name, '--dry-run', '--json']);
      expect(JSON.parse(replayed.stdout)).toMatchObject(expected);
      const read = await edge(['read', '--dry-run', '--json'], { input });
      expect(JSON.parse(read.stdout)).toMatchObject(expected);
      expect([replayed.code, read.code]).toEqual([0, 0]);
    }
  });

  it('names an unreadable interface, counts the rest, and fails', async () => {
    const blocks = pcapngBlocks();
    const capture = Buffer.concat([
      blocks.section(),
      blocks.interface(127),
      blocks.interface(101),
      blocks.enhanced(0, 1n, Buffer.alloc(10)),
      blocks.enhanced(1, 2n, ipv4()),
    ]);
    await writeFile(join(folder, 'two.pcapng'), capture);
    const args = ['--dry-run', '--json', '--policies', 'policies.json'];
    for (const [command, prefix] of [
      [['replay', 'two.pcapng'], 'two.pcapng: '],
      [['read'], ''],
    ] as const) {
      const { code, stdout, stderr } = await edge([...command, ...args], { input: capture });
      expect(JSON.parse(stdout)).toMatchObject({
        packets: 1,
        bytes: 40,
        skipped: 1,
        skipped_by_reason: { 'link type 127': 1 },
      });
      const [line, links] = stderr.split('\n');
      expect(line).toBe(`${prefix}1 frame of interface 0 (link type 127) can't be read and was not counted.`);
      expect(links).toContain(`${prefix}Link types that can be read: `);
      expect(code).toBe(1);
    }
  });

  it('counts frames without a time at once, at any speed', async () => {
    const blocks = pcapngBlocks();
    const frames = [blocks.simple(ipv4()), blocks.simple(ipv4()), blocks.enhanced(0, 10n ** 15n, ipv4())];
    await writeFile(
      join(folder, 'untimed.pcapng'),
      Buffer.concat([blocks.section(), blocks.interface(101), ...frames]),
    );
    const { code, stdout } = await edge(['replay', 'untimed.pcapng', '--dry-run', '--json', '--speed', '1']);
    expect(JSON.parse(stdout)).toMatchObject({ packets: 3, bytes: 120 });
    expect(code).toBe(0);
  });

  it('counts the rest of the input after Ctrl-C', async () => {
    const args = ['read', '--dry-run', '--json', '--policies', 'policies.json', '--system', folder];
    const { child, ended } = startEdge(args, { cwd: folder });
    // More than a pipe holds: after the first part is written, the program reads and handles
    // signals.
    const capture = pcap(Array.from({ length: 30_000 }, () => ethernet(0x0800, ipv4())));
    const stopping = new Promise<void>(resolve => {
      child.stderr!.on('data', text => String(text).startsWith('Stopping: ') && resolve());
    });
    await new Promise(written => child.stdin!.write(capture.subarray(0, -1000), written));
    child.kill('SIGINT');
    await stopping;
    child.stdin!.end(capture.subarray(-1000));
    const { code, stdout } = await ended;
    expect(JSON.parse(stdout)).toMatchObject({ packets: 30_000, bytes: 30_000 * 40 });
    expect(code).toBe(0);
  });

  it('ends without an error when its output is closed', async () => {
    const args = ['replay', OFFICE, '--dry-run', '--policies', 'policies.json', '--system', folder];
    const { child, ended } = startEdge(args, { cwd: folder });
    child.stdout!.destroy();
    expect(await ended).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it("reads nfdump's JSON from the standard input, reports bad lines, and fails", async () => {
    const flow = {
      in_packets: 3,
      in_bytes: 180,
      proto: 6,
      src_port: 1,
      dst_port: 2,
      src4_addr: '10.0.0.1',
      dst4_addr: '10.0.0.2',
    };
    const input = [flow, { ...flow, proto: 300 }, flow].map(record => JSON.stringify(record)).join('\n');
    const { code, stdout, stderr } = await edge(
      ['read', '--format', 'nfdump', '--dry-run', '--json', '--policies', 'policies.json'],
      { input },
    );
    expect(JSON.parse(stdout)).toMatchObject({ packets: 6, bytes: 360, flows: 1, flows_l4: 1 });
    expect(stderr).toBe('line 2: proto is 300; a protocol number from 0 to 255 was expected.\n');
    expect(code).toBe(1);
  });

  it("reads goflow2's JSON from a file", async () => {
    const flow = {
      packets: 3,
      bytes: '9007199254740993',
      etype: 'IPv6',
      sampling_rate: 1,
      proto: 'UDP',
      src_port: 1,
      dst_port: 53,
      src_addr: '2001:db8::1',
      dst_addr: '2001:db8::2',
    };
    await writeFile(join(folder, 'flows.json'), JSON.stringify(flow));
    const { code, stdout } = await edge([
      'replay',
      'flows.json',
      '--format',
      'goflow2',
      '--dry-run',
      '--json',
      '--policies',
      'policies.json',
    ]);
    expect(stdout).toBe(
      '{"packets":3,"bytes":"9007199254740993","flows":1,"flows_l4":1,"skipped":0,"skipped_by_reason":{},"policies":[{"policy_id":"1","packets":0,"bytes":0,"flows":0,"policy_name":""},{"policy_id":"2","packets":3,"bytes":"9007199254740993","flows":1,"policy_name":"Names"},{"policy_id":"default","packets":0,"bytes":0,"flows":0,"policy_name":"Default"}]}\n',
    );
    expect(code).toBe(0);
  });

  it('reports the first 20 of many problems and the number of the others', async () => {
    const { stderr, code } = await edge(
      ['read', '--format', 'goflow2', '--dry-run', '--policies', 'policies.json'],
      { input: 'x\n'.repeat(50) },
    );
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(21);
    expect(lines[20]).toBe('… and 30 more problems: a JSON object was expected (30).');
    expect(code).toBe(1);
  });

  it('reports notes on the input and the number of skipped records at the end', async () => {
    const flow = {
      packets: 3,
      bytes: 300,
      etype: 'IPv4',
      proto: 'NEW',
      src_addr: '10.0.0.1',
      dst_addr: '10.0.0.2',
    };
    const sampled = { ...flow, sampling_rate: 100, type: 'NETFLOW_V9' };
    const input = [{ ...flow, sampling_rate: 1 }, sampled].map(record => JSON.stringify(record)).join('\n');
    const args = ['read', '--format', 'goflow2', '--dry-run', '--json', '--policies', 'policies.json'];
    const refused = await edge(args, { input });
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({
      packets: 3,
      problems: [{ kind: 'sampled record', count: 1 }],
      notes: [{ kind: 'unknown_protocol', records: 1, names: { NEW: 1 } }],
    });
    const scaled = await edge([...args, '--scale-sampled'], { input });
    expect(scaled.code).toBe(0);
    expect(JSON.parse(scaled.stdout)).toMatchObject({ packets: 303, bytes: 30_300, estimated: true });
  });

  it('says which policy matches a flow, why the others do not, and which never can', async () => {
    await writeFile(
      join(folder, 'match.json'),
      JSON.stringify([
        { id: '1', name: 'tcp', priority: 9, match: { protocol: 6 } },
        { id: '2', priority: 5, match: { protocol: 6, destination_port_from: 443 } },
        { id: '3', priority: 1, match: { destination_cidr: '2001:db8::/32' } },
      ]),
    );
    const args = [
      'match',
      '--policies',
      'match.json',
      '--src',
      '[2001:db8::1]:51234',
      '--dst',
      '2001:db8::9',
    ];
    expect(await edge(args)).toEqual({
      code: 0,
      stdout: `Policy 1 (tcp) matches it.
  2: destination_port must be 443, but is 0.
  3: would match, but comes later.
  default: matches only what no other policy matches.
Policy 2 can never match: 1 (tcp) comes first and matches all of it.
`,
      stderr: '',
    });
    const json = JSON.parse((await edge([...args, '--protocol', 'GRE', '--json'])).stdout);
    expect(json).toMatchObject({ policy_id: '3', unreachable: [{ policy_id: '2', shadowed_by: ['1'] }] });
    const without = await edge(['match', '--src', '10.0.0.1', '--dst', '10.0.0.2:80']);
    expect(without).toMatchObject({ code: 1, stderr: expect.stringContaining('--policies') });
  });

  it('shows a table without --json', async () => {
    const { stdout } = await edge(['replay', OFFICE, '--dry-run']);
    expect(stdout.split('\n')[0]).toMatch(/^policy {3,}packets {2,}bytes {2,}flows {2,}name$/);
    expect(stdout).toMatch(/^default .*\d {2}Default\nall .*\d\n/m);
    expect(stdout).toContain(`${office.skipped} skipped: no IP traffic (${office.skipped} arp).`);
    await writeFile(
      join(folder, 'odd.json'),
      JSON.stringify([{ id: '1', name: 'a\n\u001b[2Jb', priority: 1 }]),
    );
    const odd = await edge(['replay', OFFICE, '--dry-run', '--policies', 'odd.json']);
    expect(odd.stdout).toMatch(/^1 .*\d {2}a\ufffd\ufffd\[2Jb$/m);
  });

  it.skipIf(!existsSync(SHARED_CAPTURES))(
    'matches the totals of tshark (needs ../shared/data/captures)',
    async () => {
      const totals = JSON.parse(await readFile(join(SHARED_CAPTURES, 'totals.json'), 'utf8'));
      const { packets, bytes, flows, non_ip } = totals['teams.pcap'];
      const { stdout } = await edge([
        'replay',
        join(SHARED_CAPTURES, 'teams.pcap'),
        '--dry-run',
        '--json',
        '--interval',
        '1',
      ]);
      expect(JSON.parse(stdout)).toMatchObject({ packets, bytes, flows_l4: flows, skipped: non_ip });
    },
  );
});

describe('wrong use of the edge program', () => {
  it.each<[string[], string]>([
    [['replay'], "error: missing required argument 'file'"],
    [['play', 'x'], "error: unknown command 'play'"],
    [['match', '--src', '10.0.0.1', '--dst', '::1'], 'error: --src and --dst must be of the same IP version'],
    [
      ['replay', 'x', '--scale-sampled'],
      'error: --scale-sampled applies to flow records: add --format nfdump or goflow2',
    ],
    [['replay', 'x', '--fast'], "error: unknown option '--fast'"],
    [
      ['replay', 'x', '--interval', '0'],
      "error: option '--interval <seconds>' argument '0' is invalid. It must be a number above 0 and up to 86400.",
    ],
    [
      ['replay', 'x', '--speed', 'fast'],
      "error: option '--speed <times>' argument 'fast' is invalid. It must be a number above 0 and up to 86400.",
    ],
    [
      ['replay', 'x', '--edge-id', 'a b'],
      "error: option '--edge-id <id>' argument 'a b' is invalid. It must be 2 to 64 letters, digits and characters of _+=,.@-: the edge signs with a role whose session name is its id.",
    ],
    [
      ['replay', 'x', '--site-id', '7'],
      "error: option '--site-id <uuid>' argument '7' is invalid. It must be a UUID such as 550e8400-e29b-41d4-a716-446655440000.",
    ],
    [
      ['replay', 'x', '--listed-flows', '1.5'],
      "error: option '--listed-flows <number>' argument '1.5' is invalid. It must be a whole number from 0 to 1000.",
    ],
    [
      ['replay', 'x', '--format', 'netflow'],
      "error: option '--format <format>' argument 'netflow' is invalid. Allowed choices are capture, nfdump, goflow2.",
    ],
    [
      ['replay', 'x', '--graphql', 'host'],
      "error: option '--graphql <url>' argument 'host' is invalid. It must be an address such as https://example.com/graphql.",
    ],
    [
      ['replay', 'x', '--region', 'eu-west-1'],
      'error: --region and --profile are for the cloud: give --stream too',
    ],
    [
      ['replay', 'x', '--graphql', 'https://example.com/graphql'],
      "error: requests to --graphql are signed for an AWS region, which this address does not contain: give --region, or a person's --token",
    ],
    [['replay', 'x', '--token', 't'], 'error: --token is for --graphql: give its address too'],
    [['read', '--wait', '--dry-run'], 'error: --wait makes no sense with --dry-run, which sends nothing'],
    [
      ['read', '--wait', '--stream', 's'],
      'error: --wait reads the counts of the system: give its address with --graphql',
    ],
  ])('%j is reported and ends with 2', async (args, message) => {
    expect(await runEdge(args)).toEqual({
      code: 2,
      stdout: '',
      stderr: `${message}\n(use --help for usage)\n`,
    });
  });

  it.each<[string, string[], string]>([
    [
      'a file that is missing',
      ['replay', 'none.pcap'],
      "none.pcap can't be read (ENOENT): give the path of a file.",
    ],
    ['a folder', ['replay', '.'], '. is a folder: give the path of a file.'],
    [
      'no system',
      ['replay', OFFICE],
      'No local system is running: start one with npm start, or name a stream in the cloud with --stream, --region and --profile.',
    ],
    [
      'a policies file that is missing',
      ['read', '--dry-run', '--policies', 'none.json'],
      "The policies file none.json can't be read (ENOENT): give the path of a JSON file with --policies.",
    ],
    [
      'a broken policies file',
      ['read', '--dry-run', '--policies', 'broken.json'],
      'broken.json:2: policies[0].priority must be a whole number from 0 to 1000.',
    ],
  ])('%s is reported in a sentence and ends with 1', async (_, args, message) => {
    await writeFile(join(folder, 'broken.json'), '[\n{"id": "1", "priority": "high"}]');
    expect(await edge(args)).toEqual({ code: 1, stdout: '', stderr: `${message}\n` });
  });

  it.each<[string, string | Buffer, RegExp]>([
    ['nothing', '', /^The capture is empty; a pcap or pcapng file was expected\.\n$/],
    [
      'no capture',
      'hello world',
      /^The file is not a capture: it begins with 68656c6c; a pcap or pcapng file was expected\.\n$/,
    ],
    [
      'a truncated compressed capture',
      Buffer.from('1f8b08000000', 'hex'),
      /^The gzip data is truncated after 6 bytes\. What could be unpacked was counted\.\n$/,
    ],
    [
      'a capture that is compressed in another way',
      Buffer.from('fd377a585a00', 'hex'),
      /^The capture is compressed with xz\. Unpack it first: xz -dc FILE \| npm run edge -- read\.\n$/,
    ],
  ])('%s on the standard input is reported and ends with 1', async (_, input, message) => {
    const { code, stderr } = await edge(['read', '--dry-run', '--policies', 'policies.json'], { input });
    expect(stderr).toMatch(message);
    expect(code).toBe(1);
  });

  it.each([
    ['--help'],
    ['replay', '--help'],
    ['read', '--help'],
    ['simulate', '--help'],
    ['match', '--help'],
  ])('%s %s prints its help', async (...args) => {
    const { code, stdout } = await runEdge(args.filter(Boolean));
    expect(stdout).toMatch(/^Usage: edge /);
    expect(code).toBe(0);
  });
});
