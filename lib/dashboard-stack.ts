import { Stack } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmStatusWidget,
  AlarmStatusWidgetSortBy,
  Dashboard,
  type IMetric,
  type IWidget,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import type { ApiStack } from './api-stack.ts';
import { awsFigure, COLUMNS, computed, ownFigure, row } from './dashboard-widgets.ts';
import type { DataStack } from './data-stack.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import type { IngestStack } from './ingest-stack.ts';
import { PatronusFunction } from './patronus-function.ts';
import type { Stage } from './stage.ts';

/** The product's caches, as `CacheHitRate` names them. */
export const CACHES = ['metrics', 'routing'] as const;

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
 * The one dashboard of a stage in CloudWatch. It refers to the other stacks weakly: what is shown here can be renamed or taken away there
 * (docs/decisions/252).
 */
export class DashboardStack extends Stack {
  private readonly functions: PatronusFunction[];
  private readonly queues: DeadLetterQueue[];
  private readonly alarms: Alarm[];
  private readonly stage: Stage;

  constructor(scope: Construct, id: string, props: DashboardStackProps) {
    super(scope, id, {
      description: 'Patronus: dashboard of the stage',
    });
    this.node.setContext('@aws-cdk/core:defaultCrossStackReferences', 'weak');
    this.stage = props.stage;
    const constructs = props.watched.flatMap(stack => stack.node.findAll());
    this.functions = constructs.filter(each => each instanceof PatronusFunction);
    this.queues = constructs.filter(each => each instanceof DeadLetterQueue);
    this.alarms = constructs.filter(each => each instanceof Alarm);
    new Dashboard(this, 'Dashboard', {
      dashboardName: id,
      widgets: [
        [this.introduction(props.consoleUrl)],
        ...this.alarmStates(),
        this.traffic(),
        this.completeness(),
        this.lag(),
        this.caches(props.api),
        this.refusals(props),
        this.errors(props.api),
        this.costDrivers(props),
        this.costDriversOfFunctions(props),
      ],
    });
  }

  private introduction(consoleUrl: string | undefined): IWidget {
    const lines = [
      '# Patronus',
      'Is the system at work, and what does it cost? Each alarm names its section of the runbook (docs/runbook.md of the project), which says what to look at and what to do.',
      consoleUrl === undefined
        ? 'The network itself, its sites, paths and policies, is in the console.'
        : `The network itself, its sites, paths and policies, is in the [console](${consoleUrl}).`,
    ];
    return new TextWidget({ markdown: lines.join('\n\n'), width: COLUMNS, height: 4 });
  }

  private alarmStates(): IWidget[][] {
    const rows: IWidget[][] = [];
    for (let from = 0; from < this.alarms.length; from += ALARMS_A_WIDGET) {
      rows.push([
        new AlarmStatusWidget({
          title: from === 0 ? 'Alarms: those that are off come first' : 'More alarms',
          alarms: this.alarms.slice(from, from + ALARMS_A_WIDGET),
          sortBy: AlarmStatusWidgetSortBy.STATE_UPDATED_TIMESTAMP,
          width: COLUMNS,
          height: 7,
        }),
      ]);
    }
    return rows;
  }

  private traffic(): IWidget[] {
    const total = (name: string) =>
      ownFigure(this.of('snapshot'), name, { label: name, statistic: Stats.MAXIMUM });
    return row(
      {
        title: 'Traffic of the network',
        unit: 'bits a second',
        metrics: [computed('bits a second', 'RATE(bytes) * 8', { bytes: total('BytesCounted') })],
      },
      {
        title: 'Packets of the network',
        unit: 'packets a second',
        metrics: [computed('packets a second', 'RATE(packets)', { packets: total('PacketsCounted') })],
      },
    );
  }

  private completeness(): IWidget[] {
    const edges = (name: string, label: string) =>
      ownFigure(this.of('snapshot'), name, { label, statistic: Stats.MAXIMUM });
    const reports = (name: string, label: string) =>
      ownFigure(this.of('ingest'), name, { label, statistic: Stats.SUM });
    return row(
      {
        title: 'Completeness: edges that were heard',
        unit: 'per cent of those that should report',
        metrics: [
          computed('heard', '100 * (expected - silent) / expected', {
            expected: edges('EdgesExpected', 'expected'),
            silent: edges('EdgesSilent', 'silent'),
          }),
        ],
      },
      {
        title: 'Edges',
        unit: 'edges',
        metrics: [edges('EdgesExpected', 'should report'), edges('EdgesSilent', 'not heard')],
      },
      {
        title: 'Reports that were counted',
        unit: 'reports a minute',
        metrics: [reports('ReportsApplied', 'counted')],
      },
    );
  }

  private lag(): IWidget[] {
    const waiting = (id: string, label: string): IMetric =>
      this.inSeconds(this.named(id), 'IteratorAge', { label, statistic: Stats.MAXIMUM });
    return row(
      {
        title: 'How long reports wait to be counted',
        unit: 'seconds',
        metrics: [waiting('Ingest', 'reports')],
      },
      {
        title: 'How long changes wait to be published',
        unit: 'seconds',
        metrics: [waiting('Broadcast', 'changes'), waiting('DeletionWorker', 'deletions')],
      },
      {
        title: 'Snapshots: one a minute, else history has a gap',
        unit: 'snapshots a minute',
        metrics: [
          ownFigure(this.of('snapshot'), 'LanesUnreadable', {
            label: 'taken',
            statistic: Stats.SAMPLE_COUNT,
          }),
          ownFigure(this.of('snapshot'), 'LanesUnreadable', {
            label: 'lanes that could not be read',
            statistic: Stats.MAXIMUM,
          }),
        ],
      },
    );
  }

  private caches({ api }: ApiStack): IWidget[] {
    const trouble = ['CacheSlow', 'CacheFailed', 'CacheGarbage', 'CacheTooLarge'];
    return row(
      {
        title: 'Cache hit rate',
        unit: 'per cent of look-ups',
        metrics: CACHES.map(cache =>
          ownFigure(this.of('caches'), 'CacheHitRate', {
            label: `of ${cache}`,
            statistic: Stats.AVERAGE,
            dimensions: { cache },
          }),
        ),
      },
      {
        title: 'Trouble of the caches, which fail no request',
        unit: 'times a minute',
        metrics: trouble.map(name =>
          ownFigure(this.of('caches'), name, { label: name.replace('Cache', ''), statistic: Stats.SUM }),
        ),
      },
      {
        title: 'How long the API takes to answer',
        unit: 'milliseconds',
        metrics: [
          ofApi(api.apiId, 'Latency', { label: 'average', statistic: Stats.AVERAGE }),
          ofApi(api.apiId, 'Latency', {
            label: 'one in a hundred takes longer',
            statistic: Stats.percentile(99),
          }),
        ],
      },
    );
  }

  private refusals({ data, ingest, api }: DashboardStackProps): IWidget[] {
    return row(
      {
        title: 'Refused reports',
        unit: 'reports a minute',
        metrics: [
          ownFigure(this.of('ingest'), 'ReportsQuarantined', {
            label: 'in the quarantine',
            statistic: Stats.SUM,
          }),
          ownFigure(this.of('ingest'), 'ReportsNotAuthentic', {
            label: 'not authentic',
            statistic: Stats.SUM,
          }),
          awsFigure({
            namespace: 'AWS/Kinesis',
            metric: 'WriteProvisionedThroughputExceeded',
            dimensions: { StreamName: ingest.stream.streamName },
            label: 'turned away by the stream',
            statistic: Stats.SUM,
          }),
        ],
      },
      {
        title: 'Refused requests of the API: bad credentials, bad requests',
        unit: 'requests a minute',
        metrics: [ofApi(api.api.apiId, '4XXError', { label: 'refused', statistic: Stats.SUM })],
      },
      {
        title: 'Throttled by AWS',
        unit: 'times a minute',
        metrics: [
          ...this.functions.map(fn =>
            this.ofFunction(fn, 'Throttles', { label: `function ${labelOf(fn)}`, statistic: Stats.SUM }),
          ),
          ...tablesOf(data).flatMap(([label, table]) =>
            (['Read', 'Write'] as const).map(direction =>
              ofTable(table, `${direction}ThrottleEvents`, `${direction.toLowerCase()}s of table ${label}`),
            ),
          ),
        ],
      },
    );
  }

  private errors({ api }: ApiStack): IWidget[] {
    return row(
      {
        title: 'Errors of functions',
        unit: 'calls a minute',
        metrics: this.functions.map(fn =>
          this.ofFunction(fn, 'Errors', { label: labelOf(fn), statistic: Stats.SUM }),
        ),
      },
      {
        title: 'Errors of the API, which are faults of ours',
        unit: 'answers a minute',
        metrics: [
          ownFigure(this.of('api'), 'InternalErrors', { label: 'Internal', statistic: Stats.SUM }),
          ofApi(api.apiId, '5XXError', { label: 'server errors', statistic: Stats.SUM }),
        ],
      },
      {
        title: 'Given up: what waits in queues for a person',
        unit: 'messages',
        metrics: this.queues.map(queue =>
          awsFigure({
            namespace: 'AWS/SQS',
            metric: 'ApproximateNumberOfMessagesVisible',
            dimensions: { QueueName: queue.queueName },
            label: queue.node.id,
            statistic: Stats.MAXIMUM,
          }),
        ),
      },
    );
  }

  private costDrivers({ data }: DashboardStackProps): IWidget[] {
    const units = (direction: 'Read' | 'Write') => ({
      title: `Cost: ${direction.toLowerCase()} units of the tables`,
      unit: 'units a minute',
      metrics: tablesOf(data).map(([label, table]) =>
        ofTable(table, `Consumed${direction}CapacityUnits`, label),
      ),
    });
    return row(units('Write'), units('Read'));
  }

  private costDriversOfFunctions({ ingest, api }: DashboardStackProps): IWidget[] {
    return row(
      {
        title: 'Cost: how long functions run',
        unit: 'seconds a minute',
        metrics: this.functions.map(fn =>
          this.inSeconds(fn, 'Duration', { label: labelOf(fn), statistic: Stats.SUM }),
        ),
      },
      {
        title: 'Cost: records in the report stream',
        unit: 'records a minute',
        metrics: [
          awsFigure({
            namespace: 'AWS/Kinesis',
            metric: 'IncomingRecords',
            dimensions: { StreamName: ingest.stream.streamName },
            label: 'records',
            statistic: Stats.SUM,
          }),
        ],
      },
      {
        title: 'Cost: requests of the API',
        unit: 'requests a minute',
        // The metric that is called Requests is of all APIs of the account.
        metrics: [ofApi(api.api.apiId, 'Latency', { label: 'requests', statistic: Stats.SAMPLE_COUNT })],
      },
    );
  }

  private named(id: string): PatronusFunction {
    const found = this.functions.find(fn => fn.node.id === id);
    if (!found) throw new Error(`The dashboard shows a function ${id}, which no stack has.`);
    return found;
  }

  private ofFunction(
    fn: PatronusFunction,
    metric: string,
    { label, statistic }: { label: string; statistic: string },
  ): IMetric {
    const dimensions = { FunctionName: fn.functionName };
    return awsFigure({ namespace: 'AWS/Lambda', metric, dimensions, label, statistic });
  }

  /** Of a metric in milliseconds. */
  private inSeconds(
    fn: PatronusFunction,
    metric: string,
    shown: { label: string; statistic: string },
  ): IMetric {
    // A graph has each name once.
    const name = `ms_${fn.node.id.toLowerCase()}`;
    return computed(shown.label, `${name} / 1000`, { [name]: this.ofFunction(fn, metric, shown) });
  }

  private of(service: string) {
    return { stage: this.stage, service };
  }
}

function ofApi(
  GraphQLAPIId: string,
  metric: string,
  { label, statistic }: { label: string; statistic: string },
): IMetric {
  return awsFigure({ namespace: 'AWS/AppSync', metric, dimensions: { GraphQLAPIId }, label, statistic });
}

function ofTable(table: Table, metric: string, label: string): IMetric {
  const dimensions = { TableName: table.tableName };
  return awsFigure({ namespace: 'AWS/DynamoDB', metric, dimensions, label, statistic: Stats.SUM });
}

function tablesOf({ audit, network, traffic, cache }: DataStack): [label: string, table: Table][] {
  return Object.entries({ Traffic: traffic, Network: network, Audit: audit, Cache: cache });
}

function labelOf(fn: PatronusFunction): string {
  return fn.node.id.replace(/Function$/, '');
}
