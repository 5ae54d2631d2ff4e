import { CfnOutput, CustomResource, Duration, Stack } from 'aws-cdk-lib';
import type { CfnGraphQLApi } from 'aws-cdk-lib/aws-appsync';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { amplifyOutputs } from '../core/console/client-outputs.ts';
import type { ApiStack } from './api-stack.ts';
import { ConsoleDistribution } from './console-distribution.ts';
import { ConsolePublisher } from './console-publisher.ts';
import { privateBucket } from './private-bucket.ts';
import type { Settings } from './settings.ts';

/**
 * Longer than the publisher's timeout: without an answer, the deployment ends after this time
 * instead of an hour.
 */
const SILENCE = Duration.minutes(5);

const SECOND_FACTOR = { off: 'NONE', optional: 'OPTIONAL', required: 'REQUIRED' } as const;

export interface WebStackProps {
  settings: Settings;
  api: ApiStack;
}

/**
 * The console: a private bucket behind CloudFront, and the function that publishes its build and
 * its configuration there.
 */
export class WebStack extends Stack {
  readonly url: string;

  constructor(scope: Construct, id: string, { settings, api }: WebStackProps) {
    super(scope, id, { description: 'Patronus: console' });
    const bucket = this.makeBucket(settings);
    const { distribution } = new ConsoleDistribution(this, 'Console', {
      settings,
      bucket,
      connectTo: this.endpoints(api),
    });
    this.publish(bucket, settings, api);
    this.url = `https://${settings.web_domain?.name ?? distribution.distributionDomainName}/`;
    new CfnOutput(this, 'ConsoleUrl', {
      value: this.url,
      description: settings.web_domain
        ? `The console, once ${settings.web_domain.name} points to the distribution`
        : 'The console',
    });
    new CfnOutput(this, 'DistributionDomainName', { value: distribution.distributionDomainName });
  }

  private makeBucket({ stage }: Settings): Bucket {
    return new Bucket(this, 'Files', {
      ...privateBucket(stage),
    });
  }

  /** The API, its real-time endpoint, and the sign-in. */
  private endpoints({ api }: ApiStack): string[] {
    const { attrGraphQlDns, attrRealtimeDns } = api.node.defaultChild as CfnGraphQLApi;
    return [
      `https://${attrGraphQlDns}`,
      `wss://${attrRealtimeDns}`,
      `https://cognito-idp.${this.region}.${this.urlSuffix}`,
    ];
  }

  private publish(bucket: Bucket, { mfa }: Settings, { api, signIn }: ApiStack): void {
    const publisher = new ConsolePublisher(this, 'Publisher', { bucket });
    const outputs = amplifyOutputs({
      region: this.region,
      graphql_url: api.graphqlUrl,
      user_pool_id: signIn.pool.userPoolId,
      user_pool_client_id: signIn.client.userPoolClientId,
      groups: signIn.groups,
      second_factor: SECOND_FACTOR[mfa],
    });
    const resource = new CustomResource(this, 'PublishedFiles', {
      resourceType: 'Custom::PublishedConsole',
      serviceToken: publisher.fn.functionArn,
      serviceTimeout: SILENCE,
      properties: { amplify_outputs: this.toJsonString(outputs), build: publisher.build },
    });
    resource.node.addDependency(publisher);
  }
}
