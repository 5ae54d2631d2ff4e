import { type IMetric, type IWidget, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { ApiStack } from './api-stack.ts';
import { awsFigure, computed, ofApi, ofTable, ownFigure, row } from './dashboard-widgets.ts';
import type { DataStack } from './data-stack.ts';
import type { DeadLetterQueue } from './dead-letter-queue.ts';
import type { IngestStack } from './ingest-stack.ts';
import type { PatronusFunction } from './patronus-function.ts';
import type { Stage } from './stage.ts';

/** The caches, as named by `CacheHitRate`. */
const CACHES = ['metrics', 'routing'] as const;

export interface ShownSystem {
  stage: Stage;
  data: DataStack;
  ingest: IngestStack;
  api: ApiStack;
  functions: PatronusFunction[];
  queues: DeadLetterQueue[];
}

/** The rows of graphs of a stage's dashboard, a method each: traffic, problems and costs. */
export class DashboardRows {
  readonly #shown: ShownSystem;

  constructor(shown: ShownSystem) {
    this.#shown = shown;
  }

  all(): IWidget[][] {
    return [
      this.#traffic(),
      this.#completeness(),
      this.#lag(),
      this.#caches(),
      this.#refusals(),
      this.#errors(),
      this.#costOfTables(),
      this.#costOfCalls(),
    ];
  }

  #traffic(): IWidget[] {
    const total = (name: string) =>
      ownFigure(this.#of('snapshot'), name, { label: name, statistic: Stats.MAXIMUM });
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

  #completeness(): IWidget[] {
    const edges = (name: string, label: string) =>
      ownFigure(this.#of('snapshot'), name, { label, statistic: Stats.MAXIMUM });
    const reports = (name: string, label: string) =>
      ownFigure(this.#of('ingest'), name, { label, statistic: Stats.SUM });
    return row(
      {
        title: 'Completeness: edges that report',
        unit: 'per cent of the expected edges',
        metrics: [
          computed('reporting', '100 * (expected - silent) / expected', {
            expected: edges('EdgesExpected', 'expected'),
            silent: edges('EdgesSilent', 'silent'),
          }),
        ],
      },
      {
        title: 'Edges',
        unit: 'edges',
        metrics: [edges('EdgesExpected', 'expected'), edges('EdgesSilent', 'silent')],
      },
      {
        title: 'Counted reports',
        unit: 'reports a minute',
        metrics: [reports('ReportsApplied', 'counted')],
      },
    );
  }

  #lag(): IWidget[] {
    const waiting = (id: string, label: string): IMetric =>
      this.#inSeconds(this.#named(id), 'IteratorAge', { label, statistic: Stats.MAXIMUM });
    return row(
      {
        title: 'Waiting time of reports before they are counted',
        unit: 'seconds',
        metrics: [waiting('Ingest', 'reports')],
      },
      {
        title: 'Waiting time of changes before they are published',
        unit: 'seconds',
        metrics: [waiting('Broadcast', 'changes'), waiting('DeletionWorker', 'deletions')],
      },
      {
        title: 'Snapshots: one per minute, otherwise history has a gap',
        unit: 'snapshots a minute',
        metrics: [
          ownFigure(this.#of('snapshot'), 'LanesUnreadable', {
            label: 'taken',
            statistic: Stats.SAMPLE_COUNT,
          }),
          ownFigure(this.#of('snapshot'), 'LanesUnreadable', {
            label: 'lanes that could not be read',
            statistic: Stats.MAXIMUM,
          }),
        ],
      },
    );
  }

  #caches(): IWidget[] {
    const { apiId } = this.#shown.api.api;
    const trouble = ['CacheSlow', 'CacheFailed', 'CacheGarbage', 'CacheTooLarge'];
    return row(
      {
        title: 'Cache hit rate',
        unit: 'per cent of look-ups',
        metrics: CACHES.map(cache =>
          ownFigure(this.#of('caches'), 'CacheHitRate', {
            label: `of ${cache}`,
            statistic: Stats.AVERAGE,
            dimensions: { cache },
          }),
        ),
      },
      {
        title: 'Problems of the caches, without failed requests',
        unit: 'times a minute',
        metrics: trouble.map(name =>
          ownFigure(this.#of('caches'), name, { label: name.replace('Cache', ''), statistic: Stats.SUM }),
        ),
      },
      {
        title: 'Response time of the API',
        unit: 'milliseconds',
        metrics: [
          ofApi(apiId, 'Latency', { label: 'average', statistic: Stats.AVERAGE }),
          ofApi(apiId, 'Latency', {
            label: '99th percentile',
            statistic: Stats.percentile(99),
          }),
        ],
      },
    );
  }

  #refusals(): IWidget[] {
    const { data, ingest, api } = this.#shown;
    return row(
      {
        title: 'Refused reports',
        unit: 'reports a minute',
        metrics: [
          ownFigure(this.#of('ingest'), 'ReportsQuarantined', {
            label: 'in the quarantine',
            statistic: Stats.SUM,
          }),
          ownFigure(this.#of('ingest'), 'ReportsNotAuthentic', {
            label: 'not authentic',
            statistic: Stats.SUM,
          }),
          awsFigure({
            namespace: 'AWS/Kinesis',
            metric: 'WriteProvisionedThroughputExceeded',
            dimensions: { StreamName: ingest.stream.streamName },
            label: 'throttled by the stream',
            statistic: Stats.SUM,
          }),
        ],
      },
      {
        title: 'Refused API requests: bad credentials, bad requests',
        unit: 'requests a minute',
        metrics: [ofApi(api.api.apiId, '4XXError', { label: 'refused', statistic: Stats.SUM })],
      },
      {
        title: 'Throttled by AWS',
        unit: 'times a minute',
        metrics: [
          ...this.#shown.functions.map(fn =>
            this.#ofFunction(fn, 'Throttles', { label: `function ${labelOf(fn)}`, statistic: Stats.SUM }),
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

  #errors(): IWidget[] {
    const { apiId } = this.#shown.api.api;
    return row(
      {
        title: 'Errors of functions',
        unit: 'calls a minute',
        metrics: this.#shown.functions.map(fn =>
          this.#ofFunction(fn, 'Errors', { label: labelOf(fn), statistic: Stats.SUM }),
        ),
      },
      {
        title: 'Errors of the API, faults of the system',
        unit: 'answers a minute',
        metrics: [
          ownFigure(this.#of('api'), 'InternalErrors', { label: 'Internal', statistic: Stats.SUM }),
          ofApi(apiId, '5XXError', { label: 'server errors', statistic: Stats.SUM }),
        ],
      },
      {
        title: 'Given up: messages in queues that need attention',
        unit: 'messages',
        metrics: this.#shown.queues.map(queue =>
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

  #costOfTables(): IWidget[] {
    const { data } = this.#shown;
    const units = (direction: 'Read' | 'Write') => ({
      title: `Cost: ${direction.toLowerCase()} units of the tables`,
      unit: 'units a minute',
      metrics: tablesOf(data).map(([label, table]) =>
        ofTable(table, `Consumed${direction}CapacityUnits`, label),
      ),
    });
    return row(units('Write'), units('Read'));
  }

  #costOfCalls(): IWidget[] {
    const { ingest, api } = this.#shown;
    return row(
      {
        title: 'Cost: running time of functions',
        unit: 'seconds a minute',
        metrics: this.#shown.functions.map(fn =>
          this.#inSeconds(fn, 'Duration', { label: labelOf(fn), statistic: Stats.SUM }),
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
        // The metric Requests covers all APIs of the account.
        metrics: [ofApi(api.api.apiId, 'Latency', { label: 'requests', statistic: Stats.SAMPLE_COUNT })],
      },
    );
  }

  #named(id: string): PatronusFunction {
    const found = this.#shown.functions.find(fn => fn.node.id === id);
    if (!found) throw new Error(`The dashboard shows a function ${id} that no stack has.`);
    return found;
  }

  #ofFunction(
    fn: PatronusFunction,
    metric: string,
    { label, statistic }: { label: string; statistic: string },
  ): IMetric {
    const dimensions = { FunctionName: fn.functionName };
    return awsFigure({ namespace: 'AWS/Lambda', metric, dimensions, label, statistic });
  }

  /** Converts a metric in milliseconds. */
  #inSeconds(fn: PatronusFunction, metric: string, shown: { label: string; statistic: string }): IMetric {
    // Names must be unique in a graph.
    const name = `ms_${fn.node.id.toLowerCase()}`;
    return computed(shown.label, `${name} / 1000`, { [name]: this.#ofFunction(fn, metric, shown) });
  }

  #of(service: string) {
    return { stage: this.#shown.stage, service };
  }
}

function tablesOf({ audit, network, traffic, cache }: DataStack): [label: string, table: Table][] {
  return Object.entries({ Traffic: traffic, Network: network, Audit: audit, Cache: cache });
}

function labelOf(fn: PatronusFunction): string {
  return fn.node.id.replace(/Function$/, '');
}
