import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import { limitCalls } from './asynchronous-calls.ts';
import type { DataStack } from './data-stack.ts';
import { PatronusFunction } from './patronus-function.ts';
import { reserve } from './reserved-concurrency.ts';
import { scheduleFunction } from './schedule-function.ts';
import type { Settings } from './settings.ts';
import { retentionEnvironment, silenceEnvironment } from './shared-environment.ts';
import { grantBatchPut, grantRead, grantReadNetwork } from './table-grants.ts';

/** The functions that take the snapshot of each minute, with their schedule and alarms. */
export function makeSnapshot(
  scope: Construct,
  { settings, data }: { settings: Settings; data: DataStack },
): void {
  const group = new PatronusFunction(scope, 'SnapshotGroup', {
    folder: 'snapshot-group',
    data,
    description: 'Reads a group of lanes for the snapshot of a large network',
    // The snapshot waits this long for a group.
    timeout: Duration.seconds(33),
    memory: 1769,
    environment: retentionEnvironment(settings),
  });
  grantRead(data.traffic, group, ['BatchGetItem', 'Query']);
  grantBatchPut(data.traffic, group);
  const snapshot = new PatronusFunction(scope, 'Snapshot', {
    folder: 'snapshot',
    data,
    description: 'Every minute: stores the totals of all policies and lanes',
    timeout: Duration.seconds(55),
    memory: 1769,
    ...reserve(settings, 1),
    environment: {
      ...retentionEnvironment(settings),
      ...silenceEnvironment(settings),
      LANES_A_GROUP: String(settings.lanes_a_group),
      SNAPSHOT_GROUP_FUNCTION: group.functionName,
    },
  });
  snapshot.addToRolePolicy(
    new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [group.functionArn] }),
  );
  grantReadNetwork(data.network, snapshot, ['Query']);
  grantRead(data.traffic, snapshot, ['GetItem', 'BatchGetItem', 'Query', 'ConditionCheckItem']);
  grantBatchPut(data.traffic, snapshot);
  data.alarms.add(snapshot, 'LanesUnreadable', {
    metric: snapshot.ownMetric('LanesUnreadable', Stats.MAXIMUM),
    above: 0,
    description:
      'The lane of an edge cannot be read: its history stops, the counters continue. Was a later release deployed and rolled back? Deploy it again.',
  });
  data.alarms.add(snapshot, 'EdgesSilent', {
    metric: snapshot.ownMetric('EdgesSilent', Stats.MINIMUM),
    above: 0,
    periods: 2,
    description:
      'Edges that should report have been silent for ten minutes: figures do not include them, as their completeness shows. The page Alarms of the console names them.',
  });
  data.alarms.addPulse(snapshot, 'SnapshotNotRunning', {
    metric: snapshot.ownMetric('LanesUnreadable', Stats.SAMPLE_COUNT),
    periods: 2,
    description:
      'No snapshot has been taken for ten minutes: history has a gap, the counters continue. Check the schedule and the log of snapshot.',
  });
  const failed = scheduleFunction(scope, 'Snapshot', {
    fn: snapshot,
    schedule: ScheduleExpression.rate(Duration.minutes(1)),
    data,
    description: 'Snapshot of the minute',
    failure:
      'A snapshot could not be started, or failed twice: its minute is shown as a gap, and its traffic is in the next minute.',
    maxEventAge: Duration.minutes(1),
  });
  limitCalls(snapshot, { retryAttempts: 1, maxEventAge: Duration.minutes(3), failed });
}
