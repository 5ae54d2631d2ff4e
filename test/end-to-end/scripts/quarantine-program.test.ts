import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ingest } from '../../../core/ingest/ingest.ts';
import { putInQuarantine } from '../../../core/ingest/quarantine.ts';
import { readCounters } from '../../../core/ledger/figures/read-counters.ts';
import { LOCAL_CREDENTIALS_ENVIRONMENT } from '../../../core/local-credentials.ts';
import { ReportRejected } from '../../../core/report/rejection.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { type KinesisStream, startKinesisStream } from '../../support/kinesis-stream.ts';
import { dynamodbEndpoint } from '../../support/local-client.ts';
import { projectFile } from '../../support/project-files.ts';
import { rawRecord, reportRecord } from '../../support/report-records.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const SCRIPT = projectFile('scripts/quarantine.ts');

describe('npm run quarantine', () => {
  let db: TestTables;
  let stream: KinesisStream;
  beforeAll(async () => {
    [db, stream] = await Promise.all([createTables(), startKinesisStream()]);
  });
  afterAll(() => Promise.all([db.drop(), stream.stop()]));

  async function quarantine(...given: string[]) {
    const system = ['--table', db.tables.traffic, '--stream', stream.name, '--region', 'eu-central-1'];
    const env = {
      ...process.env,
      ...LOCAL_CREDENTIALS_ENVIRONMENT,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodbEndpoint(),
      AWS_ENDPOINT_URL_KINESIS: stream.endpoint,
    };
    const argv = [SCRIPT, ...given, ...system];
    const done = await promisify(execFile)(process.execPath, argv, { env }).then(
      out => ({ ...out, code: 0 }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
    return { code: done.code, out: done.stdout, err: done.stderr };
  }

  it('lists, shows and replays records that could not be counted', async () => {
    const context = ingestContext(db);
    const policies = [{ policy_id: 'default', packets: 5n, bytes: 500n }];
    const good = reportRecord({ policies }, { sequence: 2, arrived_ms: 1000 });
    await putInQuarantine(good, new ReportRejected('refused', 'it was full'), context);
    await ingest([rawRecord(Buffer.from('\u001b[2Jboo'), { sequence: 1 })], context);
    await ingest([rawRecord(Buffer.alloc(300_000, 'x'), { sequence: 3, arrived_ms: 2000 })], context);

    const places = [
      '2026-01-31T12:00:00.000Z#shardId-000000000000#10001',
      '2026-01-31T12:00:01.000Z#shardId-000000000000#10002',
      '2026-01-31T12:00:02.000Z#shardId-000000000000#10003',
    ];
    const notJson = (found: string) =>
      `The record is not JSON; send one report as one JSON object (Unexpected token '${found}', "${found}[2Jboo" is not valid JSON).`;
    const refused = new ReportRejected('refused', 'it was full').message;
    const tooLarge = new ReportRejected('too_large', '300000 bytes').message;
    expect(await quarantine('list')).toEqual({
      code: 0,
      out:
        `${places[0]}  not_json  edge-1  7 bytes\n    ${notJson('·')}\n` +
        `${places[1]}  refused  edge-1  ${good.data.length} bytes\n    ${refused}\n` +
        `${places[2]}  too_large  edge-1  300000 bytes\n    ${tooLarge}\n`,
      err: '3 records that have not been replayed.\n',
    });
    const json = (await quarantine('list', '--json')).out.trimEnd().split('\n');
    expect(json.map(line => JSON.parse(line) as object)).toMatchObject([
      { place: places[0], reason: 'not_json', message: notJson('\u001b'), partition_key: 'edge-1', size: 7 },
      { place: places[1], reason: 'refused', message: refused, size: good.data.length },
      { place: places[2], reason: 'too_large', message: tooLarge, size: 300_000 },
    ]);
    expect((await quarantine('show', places[0]!)).out).toBe(
      `place    ${places[0]}\n` +
        `reason   ${notJson('·')}\n` +
        'edge     edge-1\n' +
        'arrived  2026-01-31T12:00:00.000Z\n' +
        'stream   shardId-000000000000 10001\n' +
        'size     7 bytes\n\n·[2Jboo\n',
    );
    expect(await quarantine('replay', '--all', '--reason', 'refused')).toEqual({
      code: 0,
      out: '',
      err: '1 of 1 records sent again.\n',
    });
    expect((await quarantine('list', '--reason', 'refused')).out).toBe('');
    expect((await quarantine('list', '--all', '--reason', 'refused')).out).toMatch(/ {2}replayed 20\d\d-/);

    const again = await stream.records('shardId-000000000000');
    expect(again.map(({ partition_key, data }) => [partition_key, Buffer.from(data)])).toEqual([
      ['edge-1', Buffer.from(good.data)],
    ]);
    expect(await ingest(again, context)).toEqual([]);
    expect((await readCounters(db.client, db.tables)).get('default')?.packets).toBe(5n);
  });

  it.each([
    [['replay'], 2, /error: name places or --all/],
    [
      ['replay', 'nowhere'],
      1,
      /There is no record nowhere in the quarantine: npm run quarantine -- list shows them\./,
    ],
    [['show', 'nowhere'], 1, /There is no record nowhere in the quarantine: list shows them\.\n$/],
    [['list', '--reason', 'bad'], 2, /Allowed choices are bad_gzip, too_large/],
    [
      ['replay', '2026-01-31T12:00:02.000Z#shardId-000000000000#10003'],
      1,
      /had 300000 bytes and only the first 262144 are kept: it can't be sent again\.\n$/,
    ],
  ])('%j is rejected with the reason', async (given, code, message) => {
    const done = await quarantine(...given);
    expect(done).toMatchObject({ code, out: '' });
    expect(done.err).toMatch(message);
  });

  it('says what to do if no system is running', async () => {
    const argv = [SCRIPT, 'list', '--system', join(tmpdir(), 'no-patronus-here')];
    const error = await promisify(execFile)(process.execPath, argv).catch((cause: unknown) => cause);
    expect(error).toMatchObject({
      code: 1,
      stderr:
        'No system is running on this machine: start it with npm start, or name the one in the cloud with --table and --stream (outputs of its stacks).\n',
    });
  });
});
