import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ingest } from '../../../core/ingest/ingest.ts';
import { listQuarantine } from '../../../core/ingest/read-quarantine.ts';
import { readCounters } from '../../../core/ledger/figures/read-counters.ts';
import { readLanesOfEdge } from '../../../core/ledger/figures/read-lanes.ts';
import { LOCAL_CREDENTIALS_ENVIRONMENT } from '../../../core/local-credentials.ts';
import { makeOfficeCapture } from '../../../edge/sample/office-capture.ts';
import { makeApi } from '../../support/api.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { type KinesisStream, startKinesisStream } from '../../support/kinesis-stream.ts';
import { projectFile } from '../../support/project-files.ts';
import { reportRecord } from '../../support/report-records.ts';
import { runEdge } from '../../support/run-edge.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const SITE = '550e8400-e29b-41d4-a716-446655440000';
const OFFICE = projectFile('edge/sample/office.pcap');
const office = makeOfficeCapture('office');

let db: TestTables;
let stream: KinesisStream;
let folder: string;
beforeAll(async () => {
  [db, stream] = await Promise.all([createTables(), startKinesisStream()]);
});
afterAll(() => Promise.all([db.drop(), stream.stop()]));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patronus-signed-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('signs with the key of an edge; a spoofed record through the same stream changes no total and silences no edge', async () => {
  const own = ['--edge-id', 'edge-a', '--spool', folder];
  const { stdout: public_key } = await runEdge(['key', ...own]);
  const api = makeApi(db);
  // Clocks of two machines differ a little.
  api.now = Date.now() - 5000;
  const edge = await api.data('Mutation.registerEdge', { id: 'edge-a', site_id: SITE, public_key });
  expect(edge.keys).toMatchObject([{ kid: (JSON.parse(public_key) as { kid: string }).kid, until: null }]);

  const spoofed = reportRecord({
    edge_id: 'edge-a',
    boot_id: 'spoofed',
    policies: [{ policy_id: 'default', packets: 900_000_000_000n }],
    sent_ms: 1e12,
  });
  await stream.put(spoofed);
  const cloud = ['--stream', stream.name, '--region', 'eu-central-1'];
  const env = { AWS_ENDPOINT_URL_KINESIS: stream.endpoint, ...LOCAL_CREDENTIALS_ENVIRONMENT };
  const run = await runEdge(['replay', OFFICE, '--sign', '--boot-id', 'boot-1', ...own, ...cloud], { env });
  expect(run).toMatchObject({
    code: 0,
    stderr: 'There is no policies file and no system: everything counts under "default".\n',
  });
  // Only earlier files are left: no report waits, and the key has not changed.
  expect((await readdir(folder)).sort()).toEqual(['key.json', 'lock.sqlite']);
  expect(await readFile(join(folder, 'key.json'), 'utf8')).toContain(
    edge.keys[0].public_key.match(/"x":"([^"]+)"/)[1],
  );

  const records = await stream.records('shardId-000000000000');
  expect(records.slice(1).map(({ data }) => Buffer.from(data).toString('latin1'))).toSatisfy(
    (texts: string[]) => texts.every(text => /^eyJ[\w-]+\.H4sI[\w-]+\.[\w-]{86}$/.test(text)),
  );
  const context = ingestContext({ ...db, clock: Date.now, deadline: Date.now() + 60_000 });
  expect(await ingest(records, context)).toEqual([]);

  const { packets, bytes } = (await readCounters(db.client, db.tables)).get('default')!;
  expect({ packets, bytes }).toEqual({ packets: BigInt(office.packets), bytes: BigInt(office.bytes) });
  const [lane] = await readLanesOfEdge(db.client, db.tables, 'edge-a');
  expect(lane).toMatchObject({ boot_id: 'boot-1', seq: records.length - 1 });
  const kept: string[] = [];
  for await (const { reason } of listQuarantine(db.client, db.tables)) kept.push(reason);
  expect(kept).toEqual(['unsigned']);
});
