import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { ItemKey } from '../storage/item.ts';
import { conditionOf } from '../storage/item-update.ts';
import { HOUR_MS } from './object-key.ts';

/** The partition of the Traffic table with the state of the log. */
export const FLOW_LOG_PARTITION = 'FLOW_LOG';

const ERASURE = 'ERASURE#';

export const ERASURE_STATUS = { running: 'RUNNING', done: 'DONE' } as const;

const erasureItem = z.object({
  sk: z.string().startsWith(ERASURE),
  address: z.string(),
  requested_ms: z.number(),
  requested_by: z.unknown(),
  status: z.enum(['RUNNING', 'DONE']),
  finished_ms: z.number().optional(),
  /**
   * Objects whose first arrival is before this time have been processed, milliseconds since the
   * epoch.
   */
  done_until_ms: z.number().default(0),
});

/** A request to erase everything of an address that arrived before it. */
export interface FlowErasure extends Omit<z.output<typeof erasureItem>, 'sk'> {
  /** Its audit id. */
  id: string;
}

const sinceItem = z.object({ sk: z.literal('OBJECTS'), since_ms: z.number(), legacy_until_ms: z.number() });

export interface FlowLogState {
  /** Newest first. Erasures expire when a replay can no longer bring back their lines. */
  erasures: FlowErasure[];
  /** Time from which flows are written only to objects; undefined: not known yet. */
  since_ms: number | undefined;
  /** Time until which the table may contain flows of the last release. */
  legacy_until_ms: number;
}

export interface FlowStateStore {
  client: DynamoDBDocumentClient;
  /** The Traffic table. */
  table: string;
}

export function erasureKey(id: string): ItemKey {
  return { pk: FLOW_LOG_PARTITION, sk: `${ERASURE}${id}` };
}

/**
 * Reads the state with strong consistency, so that addresses that were erased before are left out
 * of answers.
 */
export async function readFlowLogState({ client, table }: FlowStateStore): Promise<FlowLogState> {
  const state: FlowLogState = {
    erasures: [],
    since_ms: undefined,
    legacy_until_ms: Number.POSITIVE_INFINITY,
  };
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': FLOW_LOG_PARTITION },
        ConsistentRead: true,
        ScanIndexForward: false,
        ...(ExclusiveStartKey && { ExclusiveStartKey }),
      }),
    );
    for (const item of page.Items ?? []) {
      if (item.sk === 'OBJECTS') Object.assign(state, sinceOf(item));
      else if (String(item.sk).startsWith(ERASURE)) state.erasures.push(erasureOf(item));
    }
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return state;
}

function erasureOf(item: unknown): FlowErasure {
  const { sk, ...erasure } = erasureItem.parse(item);
  return { id: sk.slice(ERASURE.length), ...erasure };
}

function sinceOf(item: unknown): Pick<FlowLogState, 'since_ms' | 'legacy_until_ms'> {
  const { since_ms, legacy_until_ms } = sinceItem.parse(item);
  return { since_ms, legacy_until_ms };
}

/** After this time, no function of the last release is still running. */
const LAST_RELEASE_MS = HOUR_MS;

/** Stores the time from which flows are written only to objects, once. */
export async function markObjects(
  { client, table }: FlowStateStore,
  { now, ttl_hours }: { now: number; ttl_hours: number },
): Promise<void> {
  const since_ms = now + LAST_RELEASE_MS;
  const Item = {
    pk: FLOW_LOG_PARTITION,
    sk: 'OBJECTS',
    since_ms,
    legacy_until_ms: since_ms + ttl_hours * HOUR_MS,
  };
  const condition = conditionOf({ expression: 'attribute_not_exists(#pk)' });
  try {
    await client.send(new PutCommand({ TableName: table, Item, ...condition }));
  } catch (cause) {
    if (!(cause instanceof Error && cause.name === 'ConditionalCheckFailedException')) throw cause;
  }
}
