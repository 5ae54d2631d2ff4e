import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { edgeTrust } from '../../../../scripts/aws/enrol/edge-trust.ts';
import { openSqs } from '../../../../scripts/aws/smoke/cloud/sqs.ts';
import { testAlarm } from '../../../../scripts/aws/smoke/cloud/test-alarm.ts';
import { testPerson } from '../../../../scripts/aws/smoke/cloud/test-person.ts';
import { testRoles } from '../../../../scripts/aws/smoke/cloud/test-roles.ts';
import type { Bench } from '../../../../scripts/aws/smoke/smoke-step.ts';
import { awsError, recordedAws } from '../../../support/recorded-aws.ts';

/** A bench that runs nothing, with its undo actions. */
function bench(): Bench & { undone: string[]; takeBack(): Promise<void> } {
  const undo: (() => Promise<unknown>)[] = [];
  const undone: string[] = [];
  let now = 0;
  return {
    ...({ system: {}, made: {}, run_id: 'run', signal: new AbortController().signal } as unknown as Bench),
    clock: () => now,
    async sleep(ms) {
      now += ms;
    },
    say: () => {},
    undone,
    undo(what, action) {
      undone.unshift(what);
      undo.unshift(action);
    },
    async takeBack() {
      for (const action of undo) await action();
    },
  };
}

describe('roles of a smoke test', () => {
  const policies = { edge_reports: 'reports', edge_commands: 'commands', machine_reads: 'reads' };
  const Credentials = { AccessKeyId: 'id', SecretAccessKey: 'secret', SessionToken: 'token' };

  it('have the policies of the stacks, are awaited, and are deleted with everything attached', async () => {
    const refusals = [awsError('AccessDenied'), awsError('AccessDenied')];
    const iam = recordedAws({
      CreateRole: ({ RoleName }: { RoleName: string }) => ({ Role: { Arn: `arn:${RoleName}` } }),
      AttachRolePolicy: {},
      DetachRolePolicy: {},
      DeleteRole: {},
    });
    const sts = recordedAws({
      GetCallerIdentity: { Arn: 'arn:aws:sts::111122223333:assumed-role/admin/ann' },
      AssumeRole: () => refusals.shift() ?? { Credentials },
    });
    const at = bench();
    const { edge, reader } = await testRoles({ iam, sts }, policies, at, 'smoke-edge');
    expect([await edge(), await reader()]).toEqual(
      Array(2).fill({ accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'token' }),
    );
    const [role, other] = ['patronus-smoke-edge-run', 'patronus-smoke-reader-run'];
    const account = { account: '111122223333', partition: 'aws' };
    const Description = 'Made for a smoke test of Patronus; may be deleted';
    const made = [
      [
        'CreateRole',
        {
          RoleName: role,
          Description,
          AssumeRolePolicyDocument: JSON.stringify(edgeTrust(account, 'smoke-edge')),
        },
      ],
      ['AttachRolePolicy', { RoleName: role, PolicyArn: 'reports' }],
      ['AttachRolePolicy', { RoleName: role, PolicyArn: 'commands' }],
      [
        'CreateRole',
        {
          ...{ RoleName: other, Description },
          AssumeRolePolicyDocument: JSON.stringify(edgeTrust(account, 'smoke-reader-run')),
        },
      ],
      ['AttachRolePolicy', { RoleName: other, PolicyArn: 'reads' }],
    ];
    expect(iam.calls).toEqual(made);
    const assumed = { RoleArn: `arn:${role}`, RoleSessionName: 'smoke-edge', DurationSeconds: 3600 };
    expect(sts.calls.slice(1, 4)).toEqual(Array(3).fill(['AssumeRole', assumed]));
    await at.takeBack();
    expect(iam.calls.slice(made.length)).toEqual([
      ['DetachRolePolicy', { RoleName: other, PolicyArn: 'reads' }],
      ['DeleteRole', { RoleName: other }],
      ['DetachRolePolicy', { RoleName: role, PolicyArn: 'commands' }],
      ['DetachRolePolicy', { RoleName: role, PolicyArn: 'reports' }],
      ['DeleteRole', { RoleName: role }],
    ]);
  });
});

describe('the person of a smoke test', () => {
  it('is an administrator without an e-mail, sets up a second factor if required, and is deleted', async () => {
    const cognito = recordedAws({
      AdminCreateUser: {},
      AdminSetUserPassword: {},
      AdminAddUserToGroup: {},
      AdminDeleteUser: {},
    });
    const at = bench();
    const pool = { user_pool_id: 'pool', user_pool_client_id: 'client' };
    const codes: string[] = [];
    let password = '';
    const token = await testPerson(cognito, pool, at, async (given, answers) => {
      expect(given).toBe(pool);
      password = answers.password;
      // The secret and the code of RFC 6238, cut to six digits, at its time of 59 s.
      await at.sleep(59_000);
      codes.push(await answers.code('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'), await answers.code());
      return 'token';
    });
    expect([token, codes]).toEqual(['token', ['287082', '287082']]);
    expect(password).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*!).{28,}$/);
    const person = { UserPoolId: 'pool', Username: 'patronus-smoke-run@example.com' };
    const made = [
      [
        'AdminCreateUser',
        {
          ...person,
          MessageAction: 'SUPPRESS',
          UserAttributes: [
            { Name: 'email', Value: 'patronus-smoke-run@example.com' },
            { Name: 'email_verified', Value: 'true' },
          ],
        },
      ],
      ['AdminSetUserPassword', { ...person, Password: password, Permanent: true }],
      ['AdminAddUserToGroup', { ...person, GroupName: 'admin' }],
    ];
    expect(cognito.calls).toEqual(made);
    await at.takeBack();
    expect(cognito.calls.slice(made.length)).toEqual([['AdminDeleteUser', person]]);
  });
});

describe('the alarm of a smoke test', () => {
  const TOPIC = 'arn:aws:sns:eu-central-1:111122223333:alarms';
  const NAME = 'PatronusExport-ExportsFailed12';
  const asked: { target: string; input: Record<string, unknown>; signed: boolean }[] = [];
  let server: Server;
  let endpoint: string;
  let arrived: string[];

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const target = String(request.headers['x-amz-target']).replace('AmazonSQS.', '');
      const signed = /Credential=id\/\d{8}\/eu-central-1\/sqs\//.test(String(request.headers.authorization));
      asked.push({ target, input: JSON.parse(body), signed });
      const answers: Record<string, unknown> = {
        CreateQueue: { QueueUrl: 'https://queue' },
        GetQueueAttributes: { Attributes: { QueueArn: 'arn:queue' } },
        ReceiveMessage: { Messages: arrived.map(Body => ({ Body })) },
      };
      response.end(JSON.stringify(answers[target] ?? {}));
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  function run(alarms: object[]) {
    const credentials = async () => ({ accessKeyId: 'id', secretAccessKey: 'secret' });
    const sqs = openSqs({ region: 'eu-central-1', endpoint, domain: 'amazonaws.com', credentials });
    const cloudwatch = recordedAws({ DescribeAlarms: { MetricAlarms: alarms }, SetAlarmState: {} });
    const sns = recordedAws({ Subscribe: { SubscriptionArn: 'arn:subscription' }, Unsubscribe: {} });
    const at = bench();
    asked.length = 0;
    const done = testAlarm({ cloudwatch, sns, sqs }, at, { topic_arn: TOPIC, prefix: 'PatronusExport' });
    return { done, at, cloudwatch, sns };
  }

  it('is triggered by hand, is seen in a queue of its own, and ends with the test', async () => {
    arrived = [
      '{"Message":"{\\"NewStateReason\\":\\"Smoke test run of Patronus: this is not a real alarm.\\"}"}',
    ];
    const { done, at, cloudwatch, sns } = run([
      { AlarmName: 'PatronusExport-Other', AlarmActions: [TOPIC] },
      { AlarmName: NAME, AlarmActions: [TOPIC], StateValue: 'OK' },
    ]);
    expect(await done).toMatch(`${NAME} was set manually and arrived in a queue`);
    const reason = 'Smoke test run of Patronus: this is not a real alarm.';
    expect(cloudwatch.calls).toEqual([
      ['DescribeAlarms', { AlarmNamePrefix: 'PatronusExport' }],
      ['SetAlarmState', { AlarmName: NAME, StateValue: 'ALARM', StateReason: reason }],
    ]);
    expect(sns.calls).toEqual([
      ['Subscribe', { TopicArn: TOPIC, Protocol: 'sqs', Endpoint: 'arn:queue', ReturnSubscriptionArn: true }],
    ]);
    expect(asked.map(({ target, signed }) => [target, signed])).toEqual(
      ['CreateQueue', 'GetQueueAttributes', 'SetQueueAttributes', 'ReceiveMessage'].map(target => [
        target,
        true,
      ]),
    );
    expect(asked[2]!.input).toEqual({
      QueueUrl: 'https://queue',
      Attributes: {
        Policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'sns.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: 'arn:queue',
              Condition: { ArnEquals: { 'aws:SourceArn': TOPIC } },
            },
          ],
        }),
      },
    });
    await at.takeBack();
    expect(cloudwatch.calls[2]).toEqual([
      'SetAlarmState',
      { AlarmName: NAME, StateValue: 'OK', StateReason: reason },
    ]);
    expect(sns.calls[1]).toEqual(['Unsubscribe', { SubscriptionArn: 'arn:subscription' }]);
    expect(asked.at(-1)).toEqual({
      target: 'DeleteQueue',
      input: { QueueUrl: 'https://queue' },
      signed: true,
    });
  });

  it.each([
    [
      'no alarm notifies the topic',
      [{ AlarmName: NAME, AlarmActions: ['arn:other'] }],
      `No alarm PatronusExport…ExportsFailed notifies the topic ${TOPIC}: deploy again.`,
    ],
    [
      'the alarm is already active',
      [{ AlarmName: NAME, AlarmActions: [TOPIC], StateValue: 'ALARM' }],
      `The alarm ${NAME} is already on for a real reason: see docs/runbook.md, then test again.`,
    ],
  ])('is not tried if %s', async (_, alarms, message) => {
    const { done } = run(alarms);
    await expect(done).rejects.toHaveProperty('message', message);
    expect(asked).toEqual([]);
  });

  it('fails if it does not arrive', async () => {
    arrived = ['{"Message":"something else"}'];
    await expect(
      run([{ AlarmName: NAME, AlarmActions: [TOPIC], StateValue: 'OK' }]).done,
    ).rejects.toHaveProperty('message', 'Waited 60 s for the alarm to arrive without success.');
  });
});
