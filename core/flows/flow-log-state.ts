import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { ItemKey } from '../storage/item.ts';
import { conditionOf } from '../storage/item-update.ts';
import { HOUR_MS } from './flow-key.ts';

/**
 * The partition of the Traffic table that holds what there is to know of the log beside the log
 * itself.
 */
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
   * Objects whose first arrival lies before it were looked through: milliseconds since the epoch.
   */
  done_until_ms: z.number().default(0),
});

/** A request to forget an address: all that arrived before it. */
export interface FlowErasure extends Omit<z.output<typeof erasureItem>, 'sk'> {
  /** Its audit id. */
  id: string;
}

const sinceItem = z.object({ sk: z.literal('OBJECTS'), since_ms: z.number(), legacy_until_ms: z.number() });

export interface FlowLogState {
  /** Newest first. Those whose lines can't come back any more are gone. */
  erasures: FlowErasure[];
  /** Since when flows are written to objects only; undefined: not known yet. */
  since_ms: number | undefined;
  /** Until when flows of the last release may lie in the table. */
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

/** Strongly consistent: what was erased before the question is gone in the answer. */
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

/** Functions of the last release that still ran when this one came are surely gone after it. */
const LAST_RELEASE_MS = HOUR_MS;

/** Notes, once, since when flows are written to objects only. */
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
