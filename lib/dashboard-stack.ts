import { Stack } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmStatusWidget,
  AlarmStatusWidgetSortBy,
  Dashboard,
  type IWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { ApiStack } from './api-stack.ts';
import { DashboardRows } from './dashboard-rows.ts';
import { COLUMNS } from './dashboard-widgets.ts';
import type { DataStack } from './data-stack.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import type { IngestStack } from './ingest-stack.ts';
import { PatronusFunction } from './patronus-function.ts';
import type { Stage } from './stage.ts';

/** Maximum number of alarms in a widget. */
const ALARMS_A_WIDGET = 100;

export interface DashboardStackProps {
  stage: Stage;
  data: DataStack;
  ingest: IngestStack;
  api: ApiStack;
  /** All stacks whose functions, queues and alarms it shows. */
  watched: Stack[];
  /** Address of the console, if it is deployed. */
  consoleUrl: string | undefined;
}

/**
 * The dashboard of a stage in CloudWatch. Its references to other stacks are weak, so that
 * resources shown here can be renamed or removed there (docs/decisions/252).
 */
export class DashboardStack extends Stack {
  constructor(scope: Construct, id: string, props: DashboardStackProps) {
    super(scope, id, {
      description: 'Patronus: dashboard of the stage',
    });
    this.node.setContext('@aws-cdk/core:defaultCrossStackReferences', 'weak');
    const constructs = props.watched.flatMap(stack => stack.node.findAll());
    const functions = constructs.filter(each => each instanceof PatronusFunction);
    const queues = constructs.filter(each => each instanceof DeadLetterQueue);
    const alarms = constructs.filter(each => each instanceof Alarm);
    new Dashboard(this, 'Dashboard', {
      dashboardName: id,
      widgets: [
        [introduction(props.consoleUrl)],
        ...alarmStates(alarms),
        ...new DashboardRows({ ...props, functions, queues }).all(),
      ],
    });
  }
}

function introduction(consoleUrl: string | undefined): IWidget {
  const lines = [
    '# Patronus',
    'Is the system running, and what does it cost? Each alarm names its section of the runbook (docs/runbook.md of the project), which says what to check and what to do.',
    consoleUrl === undefined
      ? 'The console shows the network itself: its sites, paths and policies.'
      : `The [console](${consoleUrl}) shows the network itself: its sites, paths and policies.`,
  ];
  return new TextWidget({ markdown: lines.join('\n\n'), width: COLUMNS, height: 4 });
}

function alarmStates(alarms: Alarm[]): IWidget[][] {
  const rows: IWidget[][] = [];
  for (let from = 0; from < alarms.length; from += ALARMS_A_WIDGET) {
    rows.push([
      new AlarmStatusWidget({
        title: from === 0 ? 'Alarms: active ones first' : 'More alarms',
        alarms: alarms.slice(from, from + ALARMS_A_WIDGET),
        sortBy: AlarmStatusWidgetSortBy.STATE_UPDATED_TIMESTAMP,
        width: COLUMNS,
        height: 7,
      }),
    ]);
  }
  return rows;
}
