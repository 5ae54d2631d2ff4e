import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { type AwsOptions, clientConfig } from '../aws-options.ts';

type Sender<Client extends { send: unknown }> = Pick<Client, 'send'>;

/** The AWS clients that the doctor uses. */
export interface DoctorAws {
  region: string;
  cloudformation: Sender<CloudFormationClient>;
  cloudwatch: Sender<CloudWatchClient>;
  cognito: Sender<CognitoIdentityProviderClient>;
  dynamodb: Sender<DynamoDBClient>;
  kinesis: Sender<KinesisClient>;
  lambda: Sender<LambdaClient>;
  quotas: Sender<ServiceQuotasClient>;
  sns: Sender<SNSClient>;
  ssm: Sender<SSMClient>;
  sts: Sender<STSClient>;
  /** Checks whether a host answers; returns the reason if it doesn't. */
  reach(host: string): Promise<string | undefined>;
}

const REACH_LIMIT_MS = 5000;

export async function doctorAws(options: AwsOptions): Promise<DoctorAws> {
  const config = clientConfig(options);
  const sts = new STSClient(config);
  return {
    region: await sts.config.region(),
    cloudformation: new CloudFormationClient(config),
    cloudwatch: new CloudWatchClient(config),
    cognito: new CognitoIdentityProviderClient(config),
    dynamodb: new DynamoDBClient(config),
    kinesis: new KinesisClient({ requestHandler: new NodeHttpHandler(), ...config }),
    lambda: new LambdaClient(config),
    quotas: new ServiceQuotasClient(config),
    sns: new SNSClient(config),
    ssm: new SSMClient(config),
    sts,
    async reach(host) {
      try {
        await fetch(`https://${host}/`, { method: 'HEAD', signal: AbortSignal.timeout(REACH_LIMIT_MS) });
        return undefined;
      } catch (cause) {
        const { name, cause: inner } = cause as Error & { cause?: { code?: string } };
        return inner?.code ?? name;
      }
    },
  };
}
