import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { callAwsJson } from '../../../local/aws/aws-json-call.ts';
import { graphqlClient } from '../../../local/demo/graphql-client.ts';
import type { Endpoints } from '../../../local/system/outputs.ts';
import { projectFile } from '../../support/project-files.ts';
import { seededRandom } from '../../support/random.ts';
import { makeReport, reportJson } from '../../support/report-records.ts';

/** A start takes its time: the long run kills ten times. */
const KILLS = Number(process.env.SYSTEM_KILL_RUNS ?? 2);
const BYTES_A_REPORT = 1000n;

let folder: string;
let running: ChildProcess | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patronus-kills-'));
});
afterAll(async () => {
  running?.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
});

const readOutput = async <T>(file: string): Promise<T> =>
  JSON.parse(await readFile(join(folder, 'system', file), 'utf8')) as T;

/** `npm start` with kept data, until it is ready. */
async function start() {
  const options = [
    '--no-demo',
    '--port',
    '0',
    '--data',
    join(folder, 'data'),
    '--system',
    join(folder, 'system'),
  ];
  const child = spawn(process.execPath, ['local/main.ts', ...options], {
    cwd: projectFile(''),
    env: { ...process.env, INIT_CWD: '' },
  });
  running = child;
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', chunk => {
      output += chunk;
    });
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', () => /Patronus is ready/.test(output) && resolve());
    child.once('exit', () => reject(new Error(`It ended before it was ready:\n${output}`)));
  });
  const { graphql, cognito, users, kinesis, stream } = await readOutput<Endpoints>('endpoints.json');
  const { auth } = await readOutput<{ auth: { user_pool_client_id: string } }>('amplify_outputs.json');
  const ask = graphqlClient({ graphql, cognito, clientId: auth.user_pool_client_id, signIn: users[2]! });
  return {
    async shown(): Promise<bigint> {
      const { trafficTotals } = await ask<{ trafficTotals: { bytes_exact: string } }>(
        '{ trafficTotals { bytes_exact } }',
      );
      return BigInt(trafficTotals.bytes_exact);
    },
    async report(seq: number): Promise<void> {
      const bytes = BigInt(seq) * BYTES_A_REPORT;
      const report = makeReport({ seq, policies: [{ policy_id: 'default', packets: BigInt(seq), bytes }] });
      await callAwsJson({ endpoint: kinesis, target: 'Kinesis_20131202', jsonVersion: '1.1' }, 'PutRecord', {
        StreamName: stream,
        PartitionKey: report.edge_id,
        Data: Buffer.from(reportJson(report)).toString('base64'),
      });
    },
    async kill(): Promise<void> {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

it(`starts again after each of ${KILLS} kills, and counts every report that it acknowledged`, async () => {
  const random = seededRandom(7);
  let sent = 0;
  let acknowledged = 0;
  for (let run = 0; run < KILLS; run++) {
    const system = await start();
    // A report holds totals: the last one that was acknowledged tells all, and one more may have
    // come through.
    await expect
      .poll(system.shown, { timeout: 60_000 })
      .toBeGreaterThanOrEqual(BigInt(acknowledged) * BYTES_A_REPORT);
    expect(await system.shown()).toBeLessThanOrEqual(BigInt(sent) * BYTES_A_REPORT);
    for (let more = 1 + random.below(5); more > 0; more--) {
      await system.report(++sent);
      acknowledged = sent;
    }
    // Killed while the next one is under way, before or after it was taken, and while the last ones
    // are counted.
    const underWay = system.report(++sent).then(
      () => {
        acknowledged = sent;
      },
      () => {},
    );
    if (random.chance(0.5)) await underWay;
    await system.kill();
    await underWay;
  }
  const system = await start();
  await system.report(++sent);
  await expect.poll(system.shown, { timeout: 60_000 }).toBe(BigInt(sent) * BYTES_A_REPORT);
  running?.kill('SIGTERM');
}, 900_000);
