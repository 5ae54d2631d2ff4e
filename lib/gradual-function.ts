import { Duration } from 'aws-cdk-lib';
import { type IAlarm, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import {
  type ILambdaDeploymentConfig,
  LambdaDeploymentConfig,
  LambdaDeploymentGroup,
} from 'aws-cdk-lib/aws-codedeploy';
import {
  Alias,
  type CfnEventSourceMapping,
  type EventSourceMapping,
  type EventSourceMappingOptions,
  type IVersion,
} from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { PatronusFunction, type PatronusFunctionProps } from './patronus-function.ts';
import type { Settings } from './settings.ts';

/**
 * A function with so many calls that a tenth of them shows whether new code works. Callers use its
 * alias `live`. With the setting `canary_minutes`, new code gets a tenth of the calls first
 * (docs/decisions/233).
 */
export class GradualFunction extends PatronusFunction {
  readonly live: Alias;
  private readonly alarmsOfData: PatronusFunctionProps['data']['alarms'];

  constructor(scope: Construct, id: string, props: PatronusFunctionProps) {
    super(scope, id, props);
    this.alarmsOfData = props.data.alarms;
    // The library's Version is not assignable to its IVersion with `exactOptionalPropertyTypes`.
    const version = this.currentVersion as unknown as IVersion;
    this.live = new Alias(this, 'Live', { aliasName: LIVE, version });
  }

  /**
   * The event source calls the alias. It stays a child of the function, because its logical id
   * identifies the position in the stream.
   */
  override addEventSourceMapping(id: string, options: EventSourceMappingOptions): EventSourceMapping {
    const mapping = super.addEventSourceMapping(id, options);
    (mapping.node.defaultChild as CfnEventSourceMapping).functionName = this.live.functionArn;
    return mapping;
  }

  /** The name that callers pass to Lambda. */
  get liveName(): string {
    return `${this.functionName}:${LIVE}`;
  }

  /**
   * Lets CodeDeploy move the alias: first a tenth of the calls, after some minutes all calls. It
   * moves back if one of the alarms fires, or if calls of the new version fail. Without minutes the
   * alias moves at once.
   */
  deployGradually({ canary_minutes }: Pick<Settings, 'canary_minutes'>, alarms: readonly IAlarm[]): void {
    if (canary_minutes === 0) return;
    const failing = this.alarmsOfData.add(this, 'NewVersionFails', {
      metric: new Metric({
        namespace: 'AWS/Lambda',
        metricName: 'Errors',
        dimensionsMap: {
          FunctionName: this.functionName,
          Resource: this.liveName,
          ExecutedVersion: this.currentVersion.version,
        },
        statistic: Stats.SUM,
        period: Duration.minutes(1),
      }),
      above: 0,
      description: `The version of ${this.node.id} that is live, or is being deployed, fails: its log group says why. A running deployment is rolled back.`,
    });
    new LambdaDeploymentGroup(this, 'Deployment', {
      alias: this.live,
      deploymentConfig: CANARIES[canary_minutes],
      alarms: [failing, ...alarms],
    });
  }
}

const LIVE = 'live';

const CANARIES: Record<Exclude<Settings['canary_minutes'], 0>, ILambdaDeploymentConfig> = {
  5: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
  10: LambdaDeploymentConfig.CANARY_10PERCENT_10MINUTES,
  15: LambdaDeploymentConfig.CANARY_10PERCENT_15MINUTES,
  30: LambdaDeploymentConfig.CANARY_10PERCENT_30MINUTES,
};
