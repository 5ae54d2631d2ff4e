import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { AttachRolePolicyCommand, CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { EdgeError } from '../../edge/edge-error.ts';
import { edgeTrust } from '../aws/enrol/edge-trust.ts';
import { clientOptions, type DeployedSystem } from './deployed-system.ts';
import { ACCOUNT, type Emulator } from './emulator.ts';
import { runProgram } from './group-process.ts';

/** What an edge counted, or the system shows; numbers of any size in decimal. */
export interface Counted {
  packets: string;
  bytes: string;
}

/**
 * The edge program on a made-up office, with a role that has the policy for edges and nothing else.
 */
export interface OfficeEdge {
  /** Counts the office's traffic once more, as a new boot, and reports it. */
  report(signal: AbortSignal): Promise<Counted>;
}

const EDGE_PROGRAM = fileURLToPath(new URL('../../edge/main.ts', import.meta.url));

export async function makeOfficeEdge(
  emulator: Emulator,
  { stream, edgePolicy }: Pick<DeployedSystem, 'stream' | 'edgePolicy'>,
  folder: string,
  signal: AbortSignal,
): Promise<OfficeEdge> {
  const edgeId = `office-${randomUUID().slice(0, 8)}`;
  const keys = await edgeKeys(emulator, { edgeId, edgePolicy });
  const capture = join(folder, `${edgeId}.pcap`);
  const edge = (args: string[], until: AbortSignal) =>
    runProgram({
      command: process.execPath,
      args: [EDGE_PROGRAM, ...args],
      env: { ...emulator.environment, ...keys },
      cwd: folder,
      log: join(folder, 'edge.log'),
      signal: until,
    });
  await edge(['sample', capture], signal);
  return {
    async report(until) {
      const options = {
        '--edge-id': edgeId,
        '--site-id': randomUUID(),
        '--stream': stream,
        '--region': emulator.environment.AWS_REGION!,
        '--spool': join(folder, 'spool'),
      };
      const said = await edge(['replay', capture, '--json', ...Object.entries(options).flat()], until);
      return countedIn(said);
    },
  };
}

/** The result of `edge replay --json`, among what else it says. */
function countedIn(said: string): Counted {
  const line = said.split('\n').find(each => each.startsWith('{'));
  if (line === undefined) throw new EdgeError(`The edge program gave no result: ${said.trim()}`);
  const { packets, bytes } = JSON.parse(line) as { packets: number; bytes: number };
  return { packets: String(packets), bytes: String(bytes) };
}

async function edgeKeys(
  emulator: Emulator,
  { edgeId, edgePolicy }: { edgeId: string; edgePolicy: string },
): Promise<Record<string, string>> {
  const RoleName = `${edgeId}-edge`;
  const iam = new IAMClient(clientOptions(emulator));
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName,
      AssumeRolePolicyDocument: JSON.stringify(edgeTrust({ account: ACCOUNT, partition: 'aws' }, edgeId)),
    }),
  );
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: edgePolicy }));
  const sts = new STSClient(clientOptions(emulator));
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({ RoleArn: Role!.Arn!, RoleSessionName: edgeId }),
  );
  return {
    AWS_ACCESS_KEY_ID: Credentials!.AccessKeyId!,
    AWS_SECRET_ACCESS_KEY: Credentials!.SecretAccessKey!,
    AWS_SESSION_TOKEN: Credentials!.SessionToken!,
  };
}

const COUNT_LIMIT_MS = 60_000;

/**
 * Waits until the system's totals are exactly these.
 * @throws EdgeError when they are more, or not there within a minute
 */
export async function untilCounted(
  { admin }: Pick<DeployedSystem, 'admin'>,
  expected: Counted,
  signal: AbortSignal,
): Promise<void> {
  const limit = Date.now() + COUNT_LIMIT_MS;
  for (;;) {
    const shown = await totals(admin);
    if (shown.packets === expected.packets && shown.bytes === expected.bytes) return;
    const wrong = BigInt(shown.bytes) > BigInt(expected.bytes) || Date.now() > limit;
    if (wrong) throw new EdgeError(`The system shows ${words(shown)}, but edges counted ${words(expected)}.`);
    await delay(500, undefined, { signal });
  }
}

async function totals(admin: DeployedSystem['admin']): Promise<Counted> {
  const { trafficTotals } = (await admin.query('{ trafficTotals { packets_exact bytes_exact } }')) as {
    trafficTotals: { packets_exact: string; bytes_exact: string };
  };
  return { packets: trafficTotals.packets_exact, bytes: trafficTotals.bytes_exact };
}

export function words({ packets, bytes }: Counted): string {
  return `${packets} packets with ${bytes} bytes`;
}

export function sum(...all: Counted[]): Counted {
  const total = (pick: (each: Counted) => string) =>
    String(all.reduce((before, each) => before + BigInt(pick(each)), 0n));
  return { packets: total(each => each.packets), bytes: total(each => each.bytes) };
}
