import { Duration } from 'aws-cdk-lib';
import { type Alarm, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import { limitCalls } from './asynchronous-calls.ts';
import type { DataStack } from './data-stack.ts';
import type { ExportStack } from './export-stack.ts';
import { PatronusFunction } from './patronus-function.ts';
import { scheduleFunction } from './schedule-function.ts';
import type { Settings } from './settings.ts';
import { silenceEnvironment } from './shared-environment.ts';
import {
  grantAppend,
  grantCacheUpkeep,
  grantPutAndUpdate,
  grantRead,
  grantReadNetwork,
  grantWriteExcept,
  grantWriteNetwork,
} from './table-grants.ts';

/** Partitions of the Traffic table from which clean-up never deletes items. */
const NEVER_DELETED = [
  ...['LANE#*', 'IDLE#*', 'BOOT#*', 'COUNTERS', 'EDGE', 'QUARANTINE', 'QUARANTINE#*', 'SNAPSHOT', 'LATE'],
  ...[
    'SAMPLE#*',
    'LANES#*',
    'FLOWS#*',
    'FLOW_LOG',
    'FLOW_SLICES',
    'BASELINE',
    'CORRECTION',
    'CORRECTION#*',
    'EXPORT',
    'PATH#*',
  ],
];

export interface CleanupProps {
  settings: Settings;
  data: DataStack;
  exports: ExportStack;
}

/**
 * The clean-up function with its schedules and alarms.
 * @returns the alarm for counters that differ from the lanes
 */
export function makeCleanup(scope: Construct, { settings, data, exports }: CleanupProps): Alarm {
  const cleanup = new PatronusFunction(scope, 'Cleanup', {
    folder: 'cleanup',
    data,
    description: 'Every five minutes: gauges of silent edges, unfinished work, expired entries, totals',
    timeout: Duration.minutes(4),
    // It unpacks every lane: with a whole CPU, a run processes three times as many for the same
    // price.
    memory: 1769,
    environment: {
      EXPORT_FUNCTION: exports.exporter.functionName,
      ...silenceEnvironment(settings),
    },
  });
  exports.grantDispatch(cleanup);
  grantRead(data.traffic, cleanup, ['GetItem', 'BatchGetItem', 'Query', 'ConditionCheckItem']);
  grantPutAndUpdate(data.traffic, cleanup);
  // It deletes leftovers of interrupted resets, voids that it finishes, old generations of
  // counters, and counts of refusals that became entries.
  grantWriteExcept(data.traffic, cleanup, { operations: ['DeleteItem'], except: NEVER_DELETED });
  // It finishes interrupted deletions and restores.
  grantReadNetwork(data.network, cleanup, ['GetItem', 'BatchGetItem', 'Query', 'ConditionCheckItem']);
  grantWriteNetwork(data.network, cleanup);
  grantAppend(data.audit, cleanup);
  grantCacheUpkeep(data.cache, cleanup);
  const disagreeing = data.alarms.add(cleanup, 'TotalsDisagree', {
    metric: cleanup.ownMetric('totals_mismatches'),
    above: 0,
    description:
      'Counters differ from the lanes: the log of cleanup names the policies, and the query trafficAudit compares again. Unreadable lanes, which have an alarm of their own, are missing in the comparison.',
  });
  data.alarms.addPulse(cleanup, 'CleanupNotRunning', {
    metric: cleanup.ownMetric('totals_mismatches', Stats.SAMPLE_COUNT),
    periods: 4,
    description:
      'No clean-up has finished for 20 minutes: the flows of silent edges still count as active, and interrupted work waits. Check the schedule and the log of cleanup.',
  });
  const failed = scheduleFunction(scope, 'Cleanup', {
    fn: cleanup,
    schedule: ScheduleExpression.rate(Duration.minutes(5)),
    data,
    description: 'Clean-up',
    failure:
      'A clean-up could not be started, or failed twice; the next run does its work. If it continues, see the log of cleanup.',
    maxEventAge: Duration.minutes(5),
  });
  limitCalls(cleanup, { retryAttempts: 1, maxEventAge: Duration.minutes(10), failed });
  // An interrupted deletion blocks its site, and its lease ends within a minute.
  scheduleFunction(scope, 'Deletions', {
    fn: cleanup,
    schedule: ScheduleExpression.rate(Duration.minutes(1)),
    data,
    description: 'Interrupted deletions, restores and removals, and alarms',
    failure:
      'The run that continues interrupted deletions and looks for alarms could not be started; the run of the next minute does its work. If it continues, see the log of cleanup.',
    maxEventAge: Duration.minutes(1),
    input: { steps: ['deletions', 'alarms'] },
  });
  return disagreeing;
}
