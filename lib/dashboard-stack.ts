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

/** A widget of alarms takes a hundred of them. */
const ALARMS_A_WIDGET = 100;

export interface DashboardStackProps {
  stage: Stage;
  data: DataStack;
  ingest: IngestStack;
  api: ApiStack;
  /** All stacks whose functions, queues and alarms it shows. */
  watched: Stack[];
  /** Where the console is, if it is deployed. */
  consoleUrl: string | undefined;
}

/**
 * The one dashboard of a stage in CloudWatch. It refers to the other stacks weakly: what is shown
 * here can be renamed or taken away there (docs/decisions/252).
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
    'Is the system at work, and what does it cost? Each alarm names its section of the runbook (docs/runbook.md of the project), which says what to look at and what to do.',
    consoleUrl === undefined
      ? 'The network itself, its sites, paths and policies, is in the console.'
      : `The network itself, its sites, paths and policies, is in the [console](${consoleUrl}).`,
  ];
  return new TextWidget({ markdown: lines.join('\n\n'), width: COLUMNS, height: 4 });
}

function alarmStates(alarms: Alarm[]): IWidget[][] {
  const rows: IWidget[][] = [];
  for (let from = 0; from < alarms.length; from += ALARMS_A_WIDGET) {
    rows.push([
      new AlarmStatusWidget({
        title: from === 0 ? 'Alarms: those that are off come first' : 'More alarms',
        alarms: alarms.slice(from, from + ALARMS_A_WIDGET),
        sortBy: AlarmStatusWidgetSortBy.STATE_UPDATED_TIMESTAMP,
        width: COLUMNS,
        height: 7,
      }),
    ]);
  }
  return rows;
}
