import { type DynamoDBDocumentClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { ValidationError } from '../errors.ts';
import { TTL_ATTRIBUTE } from '../storage/tables.ts';
import type { Clock } from '../time/clock.ts';
import type { FlowRecord } from '../totals/flow-record.ts';
import {
  decodeFlows,
  FLOW_BUCKETS,
  FLOW_LOG_PERIOD_MS,
  type FlowLogItem,
  flowBucket,
  flowLogPartition,
  sentAt,
} from './flow-log.ts';

/** Queries under way at once; the SDK keeps 50 connections. */
const CONCURRENCY = 32;

/** Flow logs of these reports: sent at or after `from` and before `to`, by the edges' clocks (milliseconds since the epoch). */
export interface FlowLogRange {
  from: number;
  to: number;
  site_id?: string | undefined;
  edge_id?: string | undefined;
}

export interface FlowLogStore {
  client: DynamoDBDocumentClient;
  table: string;
  clock: Clock;
  /** No reading goes on after it, milliseconds since the epoch. */
  deadline: number;
  /** What had outlived its time by then is left out, milliseconds since the epoch; now, when not given. */
  as_of?: number;
}

/** The flows of one report. */
export interface LoggedReport {
  edge_id: string;
  site_id: string;
  sent_at: string;
  interval_s: number;
  flows: FlowRecord[];
}

/**
 * Reads all flow logs of a range, many partitions at once, and hands them over as they come, in no order.
 *
 * @throws ValidationError when there are more than can be read before the deadline
 */
export async function readFlowLogs(
  store: FlowLogStore,
  range: FlowLogRange,
  visit: (report: LoggedReport) => void,
): Promise<void> {
  const partitions = flowLogPartitions(range);
  const worker = async (): Promise<void> => {
    for (const pk of partitions) {
      let start: Record<string, unknown> | undefined;
      do {
        if (store.clock() >= store.deadline) throw tooMuch();
        const page = await queryFlowLogs(store, { pk, range, start });
        for (const item of page.items) visit(openFlowLog(item));
        start = page.next;
      } while (start);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

/** What is told when a range holds more than can be read. */
export function tooMuch(): ValidationError {
  return new ValidationError(
    'There are more flows in this range than one request can read: ask for a shorter range, or for one site or edge.',
  );
}

/** The partitions of a range. */
function* flowLogPartitions(range: FlowLogRange): Generator<string> {
  for (const period of flowLogPeriods(range)) {
    for (const bucket of flowLogBuckets(range)) yield flowLogPartition(period, bucket);
  }
}

/** The periods (hours) of a range, newest first. */
export function* flowLogPeriods({ from, to }: FlowLogRange): Generator<number> {
  const last = (Math.ceil(to / FLOW_LOG_PERIOD_MS) - 1) * FLOW_LOG_PERIOD_MS;
  for (let period = last; period + FLOW_LOG_PERIOD_MS > from; period -= FLOW_LOG_PERIOD_MS) yield period;
}

/** All buckets; one when an edge is asked for. */
export function flowLogBuckets({ edge_id }: FlowLogRange): number[] {
  return edge_id === undefined ? Array.from({ length: FLOW_BUCKETS }, (_, i) => i) : [flowBucket(edge_id)];
}

export interface FlowLogPageRequest {
  pk: string;
  range: FlowLogRange;
  start?: Record<string, unknown> | undefined;
  newest_first?: boolean;
  /** Ends with the item of this sort key, in place of the range's end. */
  to_sk?: string;
  /** Items at most that DynamoDB looks at. */
  limit?: number;
}

/** One page of a partition. What had outlived its time is left out: DynamoDB deletes late. */
export async function queryFlowLogs(
  { client, table, clock, as_of = clock() }: FlowLogStore,
  { pk, range, start, newest_first = false, to_sk, limit }: FlowLogPageRequest,
): Promise<{ items: FlowLogItem[]; next: Record<string, unknown> | undefined }> {
  const { from, to, site_id, edge_id } = range;
  const filters = [`#ttl > :now`];
  const values: Record<string, unknown> = {
    ':pk': pk,
    ':from': new Date(from).toISOString(),
    // Before `to`: keys of that instant go on after it.
    ':to': earlier(new Date(to).toISOString(), to_sk),
    ':now': Math.floor(as_of / 1000),
  };
  if (site_id !== undefined) {
    filters.push('site_id = :site');
    values[':site'] = site_id;
  }
  if (edge_id !== undefined) {
    filters.push('edge_id = :edge');
    values[':edge'] = edge_id;
  }
  const query: QueryCommandInput = {
    TableName: table,
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
    FilterExpression: filters.join(' AND '),
    ExpressionAttributeNames: { '#ttl': TTL_ATTRIBUTE },
    ExpressionAttributeValues: values,
    ConsistentRead: true,
    ScanIndexForward: !newest_first,
    ...(start && { ExclusiveStartKey: start }),
    ...(limit !== undefined && { Limit: limit }),
  };
  const { Items = [], LastEvaluatedKey } = await client.send(new QueryCommand(query));
  return { items: Items as FlowLogItem[], next: LastEvaluatedKey };
}

function earlier(a: string, b = a): string {
  return a < b ? a : b;
}

/** @throws RangeError for a format of another release */
export function openFlowLog({ sk, edge_id, site_id, interval_s, data }: FlowLogItem): LoggedReport {
  return { edge_id, site_id, sent_at: sentAt(sk), interval_s, flows: decodeFlows(data) };
}
