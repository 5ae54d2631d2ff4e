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
 * A function that is called so often that a tenth of its calls says something. Callers use its
 * alias `live`, which new code reaches a tenth first where the setting `canary_minutes` says so
 * (docs/decisions/233).
 */
export class GradualFunction extends PatronusFunction {
  readonly live: Alias;
  private readonly alarmsOfData: PatronusFunctionProps['data']['alarms'];

  constructor(scope: Construct, id: string, props: PatronusFunctionProps) {
    super(scope, id, props);
    this.alarmsOfData = props.data.alarms;
    // The library's own Version misses its IVersion by `exactOptionalPropertyTypes`.
    const version = this.currentVersion as unknown as IVersion;
    this.live = new Alias(this, 'Live', { aliasName: LIVE, version });
  }

  /**
   * The event source calls the alias. It stays the function's in the tree: its logical id holds the
   * position in the stream.
   */
  override addEventSourceMapping(id: string, options: EventSourceMappingOptions): EventSourceMapping {
    const mapping = super.addEventSourceMapping(id, options);
    (mapping.node.defaultChild as CfnEventSourceMapping).functionName = this.live.functionArn;
    return mapping;
  }

  /** Its name as a caller gives it to Lambda. */
  get liveName(): string {
    return `${this.functionName}:${LIVE}`;
  }

  /**
   * Has CodeDeploy move the alias: a tenth of the calls for so long, then all; back where one of
   * the alarms goes off, or calls of the new version fail. Without minutes the alias moves at once.
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
      description: `The version of ${this.node.id} that is live, or is being deployed, fails: its log group says why. A deployment that is under way is rolled back.`,
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
