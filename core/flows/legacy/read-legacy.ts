import { type DynamoDBDocumentClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { atOnce } from '../../storage/at-once.ts';
import { TTL_ATTRIBUTE } from '../../storage/tables.ts';
import type { FlowLogRange, LoggedReport } from '../flow-log-store.ts';
import {
  decodeFlows,
  FLOW_BUCKETS,
  FLOW_LOG_PERIOD_MS,
  type FlowLogItem,
  flowBucket,
  flowLogPartition,
  sentAt,
} from './legacy-item.ts';

/** Number of concurrent queries; the SDK keeps 50 connections. */
const CONCURRENCY = 32;

/** Flows of the last release in the Traffic table, which stay there until they expire. */
export interface LegacyStore {
  client: DynamoDBDocumentClient;
  table: string;
  /** Throws when the deadline has passed. */
  check(): void;
  /** Whether the deadline has passed. */
  is_late(): boolean;
  /** Flows that had expired by then are left out, milliseconds since the epoch. */
  as_of: number;
}

/**
 * Reads a range, by the time when reports were sent, from many partitions concurrently. Passes the
 * reports to `visit` as they arrive, in no particular order.
 *
 * @throws the error of `check`
 */
export async function readLegacyFlows(
  store: LegacyStore,
  range: FlowLogRange,
  visit: (report: LoggedReport, sk: string) => void,
): Promise<void> {
  const partitions = flowLogPartitions(range);
  await atOnce(CONCURRENCY, partitions, async pk => {
    let start: Record<string, unknown> | undefined;
    do {
      store.check();
      const page = await queryFlowLogs(store, { pk, range, start });
      for (const item of page.items) visit(openFlowLog(item), item.sk);
      start = page.next;
    } while (start);
  });
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

/** All buckets, or the bucket of the requested edge. */
export function flowLogBuckets({ edge_id }: FlowLogRange): number[] {
  return edge_id === undefined ? Array.from({ length: FLOW_BUCKETS }, (_, i) => i) : [flowBucket(edge_id)];
}

export interface FlowLogPageRequest {
  pk: string;
  range: FlowLogRange;
  start?: Record<string, unknown> | undefined;
  newest_first?: boolean;
  /** Ends with the item of this sort key instead of the range's end. */
  to_sk?: string;
  /** Maximum number of items that DynamoDB reads. */
  limit?: number;
}

/** One page of a partition. Expired items are left out, because DynamoDB deletes them late. */
export async function queryFlowLogs(
  { client, table, as_of }: LegacyStore,
  { pk, range, start, newest_first = false, to_sk, limit }: FlowLogPageRequest,
): Promise<{ items: FlowLogItem[]; next: Record<string, unknown> | undefined }> {
  const { from, to, site_id, edge_id } = range;
  const filters = [`#ttl > :now`];
  const values: Record<string, unknown> = {
    ':pk': pk,
    ':from': new Date(from).toISOString(),
    // Excludes `to` itself: keys of that instant continue after this text.
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
