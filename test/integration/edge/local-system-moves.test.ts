import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateStreamCommand, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LOCAL_CREDENTIALS } from '../../../core/local-credentials.ts';
import { encodeReport } from '../../../core/report/encode-report.ts';
import { startEdgeCommands } from '../../../edge/commands/start-edge-commands.ts';
import { isLastingFailure, reasonOf } from '../../../edge/reporting/send-failure.ts';
import { followLocalSystem, SystemAway, SystemReplaced } from '../../../edge/system/follow-local-system.ts';
import { kinesisClient } from '../../../edge/system/kinesis-client.ts';
import { localStream } from '../../../edge/system/local-stream.ts';
import { findLocalSystem } from '../../../edge/system/local-system.ts';
import { localGraphql } from '../../../edge/system/open-graphql.ts';
import { startKinesis } from '../../../local/engines/kinesis.ts';
import { readStream, untilActive, writeSystemFiles } from '../../support/edge-system.ts';
import { startTestGateway } from '../../support/gateway/test-gateway.ts';
import { projectFile } from '../../support/project-files.ts';
import { makeReport } from '../../support/report-records.ts';

const REGION = 'eu-central-1';
const NOWHERE = 'http://127.0.0.1:1';

let folder: string;
const ends: (() => unknown)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patronus-moves-'));
  ends.push(() => rm(folder, { recursive: true, force: true }));
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const files = (more: Partial<Parameters<typeof writeSystemFiles>[1]> = {}) =>
  writeSystemFiles(folder, {
    ...{ graphql: NOWHERE, cognito: NOWHERE, kinesis: NOWHERE, stream: 'reports', pool: 'pool-1' },
    ...more,
  });
const stopped = () => rm(join(folder, 'endpoints.json'));
const followed = async () => followLocalSystem(folder, (await findLocalSystem(folder))!);

/** A stream engine of its own, with its stream. */
async function startStream(stream: string) {
  const engine = await startKinesis();
  ends.push(() => engine.stop());
  const client = kinesisClient({
    endpoint: engine.endpoint,
    region: REGION,
    credentials: LOCAL_CREDENTIALS,
  });
  ends.push(() => client.destroy());
  await client.send(new CreateStreamCommand({ StreamName: stream, ShardCount: 1 }));
  await untilActive(client, stream);
  return { engine, client };
}

/** A report as the sender puts it, on the stream that the edge knew at its start. */
function put(seq: number): PutRecordsCommand {
  const Records = encodeReport(makeReport({ seq })).map(({ data }) => ({
    Data: data,
    PartitionKey: 'edge-1',
  }));
  return new PutRecordsCommand({ StreamName: 'reports', Records });
}

/**
 * A server that answers a sign-in with a token and a query with its own name; it refuses tokens of
 * others.
 */
async function startApi(name: string) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const isKnown = request.headers.authorization === `token of ${name}`;
    asked.push(request.url!);
    if (request.url === '/graphql' && !isKnown) response.statusCode = 401;
    const answer =
      request.url === '/graphql'
        ? isKnown
          ? { data: { name } }
          : { errors: [{ message: 'Unknown token.' }] }
        : { AuthenticationResult: { AccessToken: `token of ${name}` } };
    request.resume().on('end', () => response.end(JSON.stringify(answer)));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const cognito = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    asked,
    addresses: { cognito, graphql: `${cognito}/graphql` },
    rename(other: string) {
      name = other;
    },
  };
}

describe('a restarted local system', () => {
  it('gets reports at its new ports, and none while it is down', async () => {
    const [before, after] = [await startStream('reports'), await startStream('reports-2')];
    await files({ kinesis: before.engine.endpoint });
    const stream = localStream(await followed());
    await stream.send(put(1));
    await stopped();
    await expect(stream.send(put(2))).rejects.toThrow(
      new SystemAway(`No local system runs in ${folder}: start it again with npm start.`),
    );
    await files({ kinesis: after.engine.endpoint, stream: 'reports-2' });
    await stream.send(put(2));
    stream.destroy();
    const seqs = (reports: { seq: number }[]) => reports.map(({ seq }) => seq);
    expect(seqs(await readStream(before.client, 'reports'))).toEqual([1]);
    expect(seqs(await readStream(after.client, 'reports-2'))).toEqual([2]);
  });

  it('gets requests at its new address, with its own token', async () => {
    const [before, after] = [await startApi('before'), await startApi('after')];
    await files(before.addresses);
    const graphql = localGraphql(await followed());
    expect(await graphql.query('{ name }')).toEqual({ name: 'before' });
    await files(after.addresses);
    expect(await graphql.query('{ name }')).toEqual({ name: 'after' });
    // The same ports, but it no longer knows its tokens.
    after.rename('later');
    expect(await graphql.query('{ name }')).toEqual({ name: 'later' });
    expect(after.asked).toEqual(['/', '/graphql', '/graphql', '/', '/graphql']);
  });

  it('sends its commands to an edge that followed the earlier one', async () => {
    const sdl = readFileSync(projectFile('graphql/schema.graphql'), 'utf8');
    const code = readFileSync(projectFile('graphql/edge-commands.js'), 'utf8');
    const start = () =>
      startTestGateway({
        sdl,
        answers: {
          'Query.pendingCommands': () => ({ data: [] }),
          'Query.edgeRoutes': () => ({ data: { site_id: null, items: [], next_token: null } }),
        },
        resolvers: [{ typeName: 'Subscription', fieldName: 'edgeCommands', code, dataSource: 'none' }],
      });
    const before = await start();
    await files({ graphql: before.url });
    const locate = await followed();
    const edge = startEdgeCommands({
      edge_id: 'edge-1',
      source: { graphql: async () => (await locate()).graphql, region: REGION },
      policiesVersion: () => undefined,
      setPolicies: () => {},
      onPaths: () => {},
      onRoutes: () => {},
      endBoot: () => {},
      onTrouble: () => {},
    });
    ends.push(() => edge.stop());
    const asked = ({ events }: typeof before) => events.map(({ field }) => field).sort();
    await expect.poll(() => asked(before)).toEqual(['edgeRoutes', 'pendingCommands']);
    await stopped();
    await before.stop();
    const after = await start();
    ends.push(() => after.stop());
    await files({ graphql: after.url });
    await expect.poll(() => asked(after), { timeout: 20_000 }).toEqual(['edgeRoutes', 'pendingCommands']);
  }, 30_000);

  it("gets none of the earlier one's reports without its data", async () => {
    await files();
    const locate = await followed();
    await files({ pool: 'pool-2' });
    const cause = await locate().catch((error: unknown) => error);
    expect(cause).toEqual(
      new SystemReplaced(
        `The local system in ${folder} was started without the data of the one that this edge reports to: restart this edge to report to the new one.`,
      ),
    );
    expect(isLastingFailure(cause)).toBe(true);
  });
});

describe('a local system that is down', () => {
  it('is awaited', async () => {
    await files();
    const locate = await followed();
    await stopped();
    const cause = await locate().catch((error: unknown) => error);
    expect(isLastingFailure(cause)).toBe(false);
    expect(reasonOf(cause)).toBe(`No local system runs in ${folder}: start it again with npm start`);
  });
});
