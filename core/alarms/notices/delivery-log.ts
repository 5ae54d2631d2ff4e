import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { makePageToken, readPageToken } from '../../storage/page-token.ts';
import { parseItem } from '../../storage/parse-item.ts';
import { repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { TTL_ATTRIBUTE } from '../../storage/tables.ts';
import { NOTICE_EVENTS, type Notice } from './notice.ts';

/** How long deliveries are kept, seconds: 30 days. */
const KEPT_S = 30 * 86_400;

const deliverySchema = z.object({
  sk: z.string(),
  event: z.enum(NOTICE_EVENTS),
  alarm_id: z.string().nullable(),
  title: z.string(),
  status: z.enum(['PENDING', 'DELIVERED', 'GIVEN_UP']),
  attempts: z.number(),
  created_ms: z.number(),
  last_attempt_ms: z.number(),
  next_ms: z.number().nullable(),
  answer_code: z.number().nullable(),
  error: z.string().nullable(),
});

/** One delivery to a destination, with the outcome of its last attempt. */
export type Delivery = Omit<z.output<typeof deliverySchema>, 'sk'> & { id: string };

export interface Attempt {
  at_ms: number;
  /** The status of the receiver's answer; null: no answer. */
  answer_code: number | null;
  /** Why it failed, for people; null: it succeeded. */
  error: string | null;
}

const partition = (destination_id: string): string => `DELIVERY#${destination_id}`;

/**
 * Stores the state of a delivery after an attempt, before that of the notice. If the run is killed
 * between the two, the attempt is repeated.
 */
export async function logAttempt(
  context: StoreContext,
  destination_id: string,
  { notice, attempt }: { notice: Notice; attempt: Attempt },
): Promise<void> {
  const { delivery_id, event, alarm, state, attempts, created_ms, next_ms } = notice;
  const put = new PutCommand({
    TableName: context.tables.traffic,
    Item: {
      ...{ pk: partition(destination_id), sk: delivery_id },
      ...{ event, alarm_id: alarm?.id ?? null, title: alarm?.title ?? 'A test.' },
      ...{ status: state, attempts, created_ms },
      next_ms: state === 'PENDING' ? next_ms : null,
      ...{ last_attempt_ms: attempt.at_ms, answer_code: attempt.answer_code, error: attempt.error },
      [TTL_ATTRIBUTE]: Math.ceil(attempt.at_ms / 1000) + KEPT_S,
    },
  });
  await repeatUntil(context, () => context.client.send(put));
}

/** Deliveries to a destination, from the newest on. @throws ValidationError for a broken token */
export async function readDeliveries(
  context: StoreContext,
  destination_id: string,
  { limit, next_token }: { limit: number; next_token?: string | null | undefined },
): Promise<{ items: Delivery[]; next_token: string | null }> {
  const kind = `deliveries of ${destination_id}`;
  const [before] = readPageToken(kind, next_token, [/^[0-9A-Z]{26}$/]) ?? [];
  const query = new QueryCommand({
    TableName: context.tables.traffic,
    KeyConditionExpression: before ? 'pk = :pk AND sk < :before' : 'pk = :pk',
    ExpressionAttributeValues: { ':pk': partition(destination_id), ...(before && { ':before': before }) },
    ConsistentRead: true,
    ScanIndexForward: false,
    Limit: limit + 1,
  });
  const { Items = [] } = await repeatUntil(context, () => context.client.send(query));
  const items = Items.slice(0, limit).map(item => {
    const { sk, ...delivery } = parseItem(deliverySchema, item);
    return { id: sk, ...delivery };
  });
  const more = Items.length > limit;
  return { items, next_token: more ? makePageToken(kind, [items.at(-1)!.id]) : null };
}
