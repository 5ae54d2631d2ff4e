import type { Duration } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Function as LambdaFunction, RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { ALARM_PERIOD } from './alarm-topic.ts';
import type { DataStack } from './data-stack.ts';
import { functionBasics } from './function-basics.ts';
import { functionCode } from './function-code.ts';
import { type OwnMetric, ownMetric } from './own-metric.ts';

export interface PatronusFunctionProps {
  /** Folder under functions/ with the handler.ts. */
  folder: string;
  data: DataStack;
  description: string;
  timeout: Duration;
  /** In MB. CPU grows with it: 1,769 MB are one CPU. */
  memory: number;
  environment?: Record<string, string>;
  /** Reserved concurrency; without it, the account's limit applies. */
  concurrency?: number;
  /** Whether it calls itself: otherwise Lambda would stop the chain after about 16 calls. */
  callsItself?: boolean;
}

/**
 * A Lambda function of this system: Node 24 on ARM, with the SDK in the bundle so that the tested
 * code is the code that runs, its own log group, and alarms for errors and throttles. It has no
 * access to tables without a grant.
 */
export class PatronusFunction extends LambdaFunction {
  private readonly service: Pick<OwnMetric, 'stage' | 'service'>;

  constructor(scope: Construct, id: string, props: PatronusFunctionProps) {
    const { folder, data, description, timeout, memory, environment, concurrency, callsItself } = props;
    const basics = functionBasics(scope, { logs: `${id}Logs`, role: `${id}Role` });
    super(scope, id, {
      ...basics,
      description,
      code: functionCode(folder),
      timeout,
      memorySize: memory,
      ...(concurrency !== undefined && { reservedConcurrentExecutions: concurrency }),
      ...(callsItself && { recursiveLoop: RecursiveLoop.ALLOW }),
      environment: {
        AUDIT_TABLE: data.audit.tableName,
        NETWORK_TABLE: data.network.tableName,
        TRAFFIC_TABLE: data.traffic.tableName,
        CACHE_TABLE: data.cache.tableName,
        POWERTOOLS_SERVICE_NAME: folder,
        POWERTOOLS_METRICS_NAMESPACE: data.stage.metricsNamespace,
        NODE_OPTIONS: '--enable-source-maps',
        ...environment,
      },
    });
    this.service = { stage: data.stage, service: folder };
    data.alarms.add(this, 'Errors', {
      metric: this.metricErrors({ period: ALARM_PERIOD }),
      above: 0,
      description: `Function ${folder} failed: its log group says why.`,
    });
    data.alarms.add(this, 'Throttles', {
      metric: this.metricThrottles({ period: ALARM_PERIOD }),
      above: 0,
      periods: 3,
      description: `Function ${folder} has been throttled for 15 minutes: raise the account's concurrency.`,
    });
  }

  /** A metric that it publishes; default statistic: the sum. */
  ownMetric(name: string, statistic?: string): Metric {
    return ownMetric({ ...this.service, name, ...(statistic !== undefined && { statistic }) });
  }
}
