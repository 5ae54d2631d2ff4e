import { execFile } from 'node:child_process';
import { DescribeTableCommand, DescribeTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ingest } from '../../../core/ingest/ingest.ts';
import { readCounters } from '../../../core/ledger/figures/read-counters.ts';
import { counterKey } from '../../../core/ledger/lane-keys.ts';
import { LOCAL_CREDENTIALS_ENVIRONMENT } from '../../../core/local-credentials.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { dynamodbEndpoint } from '../../support/local-client.ts';
import { projectFile } from '../../support/project-files.ts';
import { reportRecord } from '../../support/report-records.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

describe('npm run recover', () => {
  let db: TestTables;
  beforeAll(async () => {
    db = await createTables();
  });
  afterAll(() => db.drop());

  function recover(...given: string[]): Promise<{ code: number; out: string; err: string }> {
    const env = {
      ...process.env,
      ...LOCAL_CREDENTIALS_ENVIRONMENT,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodbEndpoint(),
    };
    const argv = [projectFile('scripts/recover.ts'), ...given, '--region', 'eu-central-1'];
    return new Promise(resolve => {
      execFile(process.execPath, argv, { env }, (error, out, err) =>
        resolve({ code: error ? Number(error.code) : 0, out, err }),
      );
    });
  }

  it('reports mismatches, rebuilds the counters, and reports that they agree', async () => {
    const policies = [{ policy_id: 'default', packets: 5n, bytes: 500n }];
    await ingest([reportRecord({ policies })], ingestContext(db));
    await db.client.send(
      new UpdateCommand({
        TableName: db.tables.traffic,
        Key: counterKey(2, 'default'),
        UpdateExpression: 'ADD packets :more',
        ExpressionAttributeValues: { ':more': 7 },
      }),
    );
    const system = ['--table', db.tables.traffic, '--network', db.tables.network, '--audit', db.tables.audit];
    expect(await recover('counters', '--dry-run', ...system)).toEqual({
      code: 1,
      out: '"default": counters 12 packets, 500 bytes; lanes 5 packets, 500 bytes\n',
      err: '1 of 1 policies disagree with 1 lanes.\n',
    });
    const done = await recover('counters', '--restart', ...system);
    expect(done).toMatchObject({ code: 0, out: '' });
    expect(done.err).toContain('The counters were rebuilt from 1 lanes and are in use.');
    expect(done.err).toContain('0 of 1 policies disagree with 1 lanes.');
    expect((await readCounters(db.client, db.tables)).get('default')).toMatchObject({ packets: 5n });
  });

  it('adopts restored tables, also a second time, and prints the settings', async () => {
    const { audit, network, traffic, cache } = db.tables;
    const given = ['adopt', '--network', network, '--traffic', traffic, '--cache', cache, '--audit', audit];
    for (let time = 0; time < 2; time++) {
      const { code, out, err } = await recover(...given);
      expect({ code, err }).toMatchObject({ code: 0 });
      expect(out).toMatch(
        `-c network_table=${network} -c network_stream_arn=arn:aws:dynamodb:ddblocal:000000000000:table/${network}/stream/`,
      );
      expect(out).toMatch(
        ` -c traffic_table=${traffic} -c audit_table=${audit} -c audit_stream_arn=arn:aws:dynamodb:ddblocal:000000000000:table/${audit}/stream/`,
      );
      expect(out).toMatch(new RegExp(` -c cache_table=${cache}\n$`));
    }
    const { Table } = await db.client.send(new DescribeTableCommand({ TableName: network }));
    expect(Table?.StreamSpecification?.StreamViewType).toBe('NEW_AND_OLD_IMAGES');
    for (const TableName of [audit, network, traffic, cache]) {
      const answer = await db.client.send(new DescribeTimeToLiveCommand({ TableName }));
      expect(answer.TimeToLiveDescription).toEqual({
        TimeToLiveStatus: 'ENABLED',
        AttributeName: 'expires_at',
      });
    }
  });

  it('reports missing or wrong options', async () => {
    expect(await recover('counters', '--table', 'only-one')).toMatchObject({
      code: 1,
      err: expect.stringContaining('name three tables'),
    });
    expect(await recover('adopt', '--network', 'no-such', '--traffic', 'no-such-2')).toMatchObject({
      code: 1,
      err: expect.stringContaining('There is no table no-such'),
    });
    expect(
      await recover('counters', '--table', 'no-such', '--network', 'no-such-2', '--audit', 'no-such-3'),
    ).toMatchObject({
      code: 1,
    });
  });
});
