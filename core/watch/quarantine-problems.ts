import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { z } from 'zod';
import type { AlarmKind, Problem } from '../alarms/alarm.ts';
import { quarantineItemSchema, quarantinePartitions } from '../ingest/quarantine.ts';
import { isNotAuthentic, needsNewBoot, type RejectionCode } from '../report/rejection.ts';
import { parseItem } from '../storage/parse-item.ts';
import { repeatUntil } from '../storage/retrying.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { rfc3339 } from '../time/rfc3339.ts';

export const QUARANTINE_KINDS: readonly AlarmKind[] = ['QUARANTINE', 'REPORTS_REFUSED'];

/** How long a quarantined record raises an alarm. */
const LATELY_MS = 3_600_000;

/** How many of a partition's newest records are read. */
const NEWEST = 20;

const FIELDS = ['pk', 'sk', 'reason', 'partition_key', 'arrived_at', 'replayed_at'] as const;

const recordSchema = quarantineItemSchema.pick({
  reason: true,
  partition_key: true,
  arrived_at: true,
  replayed_at: true,
});

type QuarantinedRecord = z.output<typeof recordSchema>;

/**
 * The problems of the newest records that reached the quarantine in the last hour and were not
 * replayed.
 *
 * @param edges in service
 */
export async function quarantineProblems(
  context: StoreContext,
  edges: ReadonlySet<string>,
): Promise<Problem[]> {
  const since = rfc3339(context.clock() - LATELY_MS);
  const pages = await Promise.all(quarantinePartitions().map(pk => readNewest(context, pk, since)));
  return problemsOf(pages.flat(), edges);
}

/** A problem for each edge whose reports are refused, and one for each other reason. Pure. */
function problemsOf(records: readonly QuarantinedRecord[], edges: ReadonlySet<string>): Problem[] {
  const problems = new Map<string, Problem>();
  const oldestFirst = records.toSorted((a, b) => (a.arrived_at < b.arrived_at ? -1 : 1));
  for (const { reason, partition_key, arrived_at, replayed_at } of oldestFirst) {
    if (replayed_at !== undefined) continue;
    const { id, ...problem } =
      isRefused(reason) && edges.has(partition_key) ? ofEdge(partition_key) : ofReason(reason);
    if (!problems.has(id)) problems.set(id, { id, ...problem, since: arrived_at, site_id: null });
  }
  return [...problems.values()];
}

/** Other releases may have other reasons. */
function isRefused(reason: string): boolean {
  return needsNewBoot(reason as RejectionCode) || isNotAuthentic(reason as RejectionCode);
}

function ofEdge(edge_id: string) {
  return {
    id: `REPORTS_REFUSED#${edge_id}`,
    kind: 'REPORTS_REFUSED' as const,
    target: `edge:${edge_id}`,
    title: `Reports of edge ${edge_id} are refused. npm run quarantine -- list shows why.`,
  };
}

function ofReason(reason: string) {
  return {
    id: `QUARANTINE#${reason}`,
    kind: 'QUARANTINE' as const,
    target: `quarantine:${reason}`,
    title: `Reports went to the quarantine (${reason}). npm run quarantine -- list shows them.`,
  };
}

async function readNewest(
  { client, tables, ...retrying }: StoreContext,
  pk: string,
  since: string,
): Promise<QuarantinedRecord[]> {
  const query = new QueryCommand({
    TableName: tables.traffic,
    KeyConditionExpression: 'pk = :pk AND sk >= :since',
    ExpressionAttributeValues: { ':pk': pk, ':since': since },
    ProjectionExpression: FIELDS.map(field => `#${field}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(FIELDS.map(field => [`#${field}`, field])),
    ScanIndexForward: false,
    Limit: NEWEST,
    ConsistentRead: true,
  });
  const { Items = [] } = await repeatUntil(retrying, () => client.send(query));
  return Items.map(item => parseItem(recordSchema, item));
}
