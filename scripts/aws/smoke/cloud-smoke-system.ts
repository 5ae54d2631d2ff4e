import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { IAMClient } from '@aws-sdk/client-iam';
import { SNSClient } from '@aws-sdk/client-sns';
import { STSClient } from '@aws-sdk/client-sts';
import { tokenOf } from '../../../core/appsync/authorizer.ts';
import { EdgeError } from '../../../edge/edge-error.ts';
import { kinesisClient } from '../../../edge/system/kinesis-client.ts';
import { systemClient } from '../../../edge/system/system-client.ts';
import { stackName } from '../../../lib/stage.ts';
import { clientConfig } from '../aws-options.ts';
import { type FoundStage, findStage } from '../find-stage.ts';
import { openSqs } from './cloud/sqs.ts';
import { testAlarm } from './cloud/test-alarm.ts';
import { testPerson } from './cloud/test-person.ts';
import { testRoles } from './cloud/test-roles.ts';
import type { SmokeOptions } from './smoke-options.ts';
import type { SmokeSystem } from './smoke-step.ts';

/** A deployed stage, or one on an emulator of AWS. @throws EdgeError when it isn't deployed */
export async function cloudSmokeSystem(options: SmokeOptions): Promise<SmokeSystem> {
  const config = clientConfig(options);
  const cognito = new CognitoIdentityProviderClient(config);
  const stage = await findStage(new CloudFormationClient(config), options);
  const region = stage.output('Api', 'Region');
  const graphql = options.graphql ?? stage.output('Api', 'GraphqlUrl');
  const topic_arn = stage.output('Data', 'AlarmTopicArn');
  return {
    title: `${stage.title} in ${region}`,
    region,
    graphql,
    stream: stage.output('Ingest', 'StreamName'),
    notShown: {},
    async signIn(bench) {
      const pool = {
        user_pool_id: stage.output('Api', 'UserPoolId'),
        user_pool_client_id: stage.output('Api', 'UserPoolClientId'),
        endpoint: options.endpoint,
      };
      const token = options.token ?? (await testPerson(cognito, pool, bench));
      const admin = systemClient({ url: graphql, authorizer: tokenOf(async () => token) });
      return {
        admin,
        detail: options.token ? 'with the token given' : 'a user created for the test, with SRP',
      };
    },
    makeRoles(bench, edge_id) {
      const policies = {
        edge_reports: stage.output('Ingest', 'EdgePolicyArn'),
        edge_commands: stage.output('Api', 'EdgeCommandsPolicyArn'),
        machine_reads: stage.output('Api', 'MachinePolicyArn'),
      };
      return testRoles({ iam: new IAMClient(config), sts: new STSClient(config) }, policies, bench, edge_id);
    },
    kinesis: credentials => kinesisClient({ ...config, region, credentials }),
    async alarmArrives(bench) {
      refuseDuringDeployment(stage);
      const sns = new SNSClient(config);
      const credentials = () => sns.config.credentials();
      const { endpoint } = options;
      const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
      const sqs = openSqs({ region, endpoint, domain, credentials });
      const cloudwatch = new CloudWatchClient(config);
      return testAlarm({ cloudwatch, sns, sqs }, bench, {
        topic_arn,
        prefix: stackName(stage.stage, 'Export'),
      });
    },
  };
}

/** A test alarm would roll a running deployment back. @throws EdgeError while there is one */
function refuseDuringDeployment({ stacks }: FoundStage): void {
  const busy = [...stacks.values()].find(({ StackStatus }) => StackStatus?.endsWith('_IN_PROGRESS'));
  if (!busy) return;
  throw new EdgeError(
    `The stack ${busy.StackName} is ${busy.StackStatus}, and an alarm may roll it back: test again when it is complete.`,
  );
}
