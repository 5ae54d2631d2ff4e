import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type _Record,
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
} from '@aws-sdk/client-kinesis';
import { LOCAL_CREDENTIALS } from '../../core/local-credentials.ts';
import { decodeReport } from '../../core/report/decode-report.ts';
import type { Report } from '../../core/report/report.ts';
import { isSigned, readSignedRecord } from '../../core/report/signed-record.ts';
import { kinesisClient } from '../../edge/system/kinesis-client.ts';
import { startKinesis } from '../../local/engines/kinesis.ts';

/**
 * A running local system as an edge sees it: a real stream, and an API that counts by reading it.
 */
export interface EdgeSystem {
  /** Its `.local` folder. */
  folder: string;
  client: KinesisClient;
  /** A stream of its own for each test. */
  stream: string;
  /** Makes a new stream and a system that has counted nothing yet. */
  renew(): Promise<void>;
  /** What is on the stream, in order. */
  reports(): Promise<Report[]>;
  /** The answers of the API; changed by tests. */
  api: { policies: object[]; policies_version: string; counts: boolean; site_id: string | null };
  stop(): Promise<void>;
}

const REGION = 'eu-central-1';
/** Policies come in pages of this size, so that paging shows. */
const PAGE = 2;

export async function startEdgeSystem(): Promise<EdgeSystem> {
  const folder = await mkdtemp(join(tmpdir(), 'patronus-edge-'));
  const kinesis = await startKinesis();
  const client = kinesisClient({
    endpoint: kinesis.endpoint,
    region: REGION,
    credentials: LOCAL_CREDENTIALS,
  });
  let systems = 0;

  const server = createServer((request, response) => {
    // There is no real-time endpoint here: an edge that tries to listen waits for it without
    // output.
    if (request.method !== 'POST') return;
    let body = '';
    request.on('data', chunk => {
      body += chunk;
    });
    request.on('end', async () => {
      const answer =
        request.url === '/graphql' ? await graphql(request.headers.authorization, body) : signIn(body);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const address = `http://127.0.0.1:${port}`;

  function signIn(body: string) {
    const { USERNAME, PASSWORD } = JSON.parse(body).AuthParameters;
    const known = USERNAME === 'operator@example.com' && PASSWORD === 'secret';
    return known
      ? { AuthenticationResult: { AccessToken: 'token' } }
      : { message: 'Incorrect username or password.' };
  }

  async function graphql(authorization: string | undefined, body: string) {
    if (authorization !== 'token') return { errors: [{ message: 'You are not signed in.' }] };
    const { query, variables } = JSON.parse(body) as {
      query: string;
      variables: { next_token?: string; id?: string };
    };
    if (query.includes('policies(')) {
      const from = Number(variables.next_token ?? 0);
      const next_token = from + PAGE < system.api.policies.length ? `${from + PAGE}` : null;
      const { policies_version } = system.api;
      return {
        data: {
          policies: { items: system.api.policies.slice(from, from + PAGE), next_token, policies_version },
        },
      };
    }
    const seen = system.api.counts
      ? (await system.reports()).filter(({ edge_id }) => edge_id === variables.id)
      : [];
    const parts = Map.groupBy(seen, ({ part }) => part);
    return {
      data: {
        edge: {
          site_id: system.api.site_id,
          parts: [...parts].map(([part, all]) => {
            const { boot_id, seq, policies } = newestOf(all);
            return {
              part,
              boot_id,
              seq,
              packets_exact: String(policies.reduce((sum, { packets }) => sum + packets, 0n)),
              bytes_exact: String(policies.reduce((sum, { bytes }) => sum + bytes, 0n)),
            };
          }),
        },
      },
    };
  }

  const system: EdgeSystem = {
    folder,
    client,
    stream: '',
    api: { policies: [], policies_version: '1', counts: true, site_id: null },
    async renew() {
      system.stream = `reports-${++systems}`;
      system.api = { policies: [], policies_version: '1', counts: true, site_id: null };
      await client.send(new CreateStreamCommand({ StreamName: system.stream, ShardCount: 1 }));
      await untilActive(client, system.stream);
      await writeSystemFiles(folder, {
        graphql: `${address}/graphql`,
        cognito: address,
        kinesis: kinesis.endpoint,
        stream: system.stream,
        pool: `pool-${systems}`,
      });
    },
    reports: () => readStream(client, system.stream),
    async stop() {
      client.destroy();
      server.close();
      server.closeAllConnections();
      await kinesis.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await system.renew();
  return system;
}

/** The report of the last boot with the highest number: the counts that the system would have. */
function newestOf(reports: readonly Report[]): Report {
  const { boot_id } = reports.at(-1)!;
  return reports
    .filter(report => report.boot_id === boot_id)
    .reduce((newest, report) => (report.seq > newest.seq ? report : newest));
}

/** The files with which an edge finds a local system. */
export async function writeSystemFiles(
  folder: string,
  {
    graphql,
    cognito,
    kinesis,
    stream,
    pool,
  }: Record<'graphql' | 'cognito' | 'kinesis' | 'stream' | 'pool', string>,
): Promise<void> {
  const users = [
    { email: 'viewer@example.com', password: 'other', groups: ['viewer'] },
    { email: 'operator@example.com', password: 'secret', groups: ['operator'] },
  ];
  const auth = { aws_region: REGION, user_pool_id: pool, user_pool_client_id: 'client' };
  await writeFile(
    join(folder, 'endpoints.json'),
    JSON.stringify({ graphql, cognito, kinesis, stream, users }),
  );
  await writeFile(join(folder, 'amplify_outputs.json'), JSON.stringify({ version: '1', auth }));
}

export async function untilActive(client: KinesisClient, StreamName: string): Promise<void> {
  for (;;) {
    const { StreamDescriptionSummary } = await client.send(new DescribeStreamSummaryCommand({ StreamName }));
    if (StreamDescriptionSummary?.StreamStatus === 'ACTIVE') return;
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

/** The reports of a stream, in order; signatures are not checked. */
export async function readStream(client: KinesisClient, StreamName: string): Promise<Report[]> {
  const records = await readRecords(client, StreamName);
  return records.map(({ Data, PartitionKey }) => {
    const payload = isSigned(Data!) ? readSignedRecord(Data!).payload : Data!;
    return decodeReport(payload, PartitionKey!).report;
  });
}

/** The records of a stream, in order. */
export async function readRecords(client: KinesisClient, StreamName: string): Promise<_Record[]> {
  const records: _Record[] = [];
  let { ShardIterator } = await client.send(
    new GetShardIteratorCommand({
      StreamName,
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'TRIM_HORIZON',
    }),
  );
  for (;;) {
    const { Records = [], NextShardIterator } = await client.send(new GetRecordsCommand({ ShardIterator }));
    if (Records.length === 0) return records;
    records.push(...Records);
    ShardIterator = NextShardIterator;
  }
}
