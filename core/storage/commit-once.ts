import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { sha256 } from '../digest.ts';
import { Conflict, PatronusError, quoted } from '../errors.ts';
import type { BegunOperation } from './begun-operation.ts';
import { type Change, commitChange } from './commit-change.ts';
import type { ItemKey } from './item.ts';
import { conditionOf } from './item-update.ts';
import { parseItem } from './parse-item.ts';
import { repeatUntil } from './retrying.ts';
import type { StoreContext } from './store-context.ts';
import { TTL_ATTRIBUTE } from './tables.ts';
import type { WriteAction } from './write-action.ts';

const TOKEN_RULE =
  'client_token must be 1 to 64 printable ASCII characters without blanks, such as a UUID: use a new one for each new request.';

/** A caller's name for one request, so that the caller can repeat it. */
export const clientToken = z
  .string(TOKEN_RULE)
  .regex(/^[\x21-\x7e]{1,64}$/, TOKEN_RULE)
  .nullish();

/** A request that a caller may repeat because the answer was lost. */
export interface RepeatableRequest {
  /** The caller's `sub`. Different callers may use the same token. */
  owner: string;
  operation: string;
  client_token?: string | null | undefined;
  /** The arguments of the request; `client_token` in them is ignored. */
  given: object;
}

/** How long a token is kept, seconds. */
const KEPT_S = 86_400;

const doneSchema = z.object({ request: z.string(), result: z.string(), [TTL_ATTRIBUTE]: z.number() });

/**
 * As {@link commitChange}, but once for a token: the token is put with the result in the
 * transaction of the change. The same request with the same token gets that result, even if the
 * change was undone or overwritten since. Results must survive JSON.
 *
 * @throws Conflict when the token was used for another request · what `commitChange` throws
 */
export function commitOnce<T>(
  context: StoreContext,
  { owner, operation, client_token, given }: RepeatableRequest,
  plan: (begun: BegunOperation) => Promise<Change<T>>,
): Promise<T> {
  if (client_token === null || client_token === undefined) return commitChange(context, plan);
  const key = { pk: tokenPartition(owner), sk: client_token };
  const { client_token: _, ...asked } = given as { client_token?: unknown };
  const request = sha256(`${operation} ${canonicalJson(asked)}`);

  async function findDone(): Promise<Change<T> | undefined> {
    const done = await readDone(context, key);
    if (done && done.request !== request) {
      throw new Conflict(
        `client_token ${quoted(key.sk)} was used for another request within a day: use a new one for each new request.`,
      );
    }
    return done && { actions: [], result: JSON.parse(done.result) as T };
  }

  return commitChange(context, async begun => {
    const done = await findDone();
    if (done) return done;
    try {
      const { actions, result } = await plan(begun);
      return { actions: [...actions, putDone(context, key, { request, result })], result };
    } catch (cause) {
      // The cause may be that the same request has just been committed.
      if (!(cause instanceof PatronusError)) throw cause;
      const madeMeanwhile = await findDone();
      if (!madeMeanwhile) throw cause;
      return madeMeanwhile;
    }
  });
}

/** Partition of a caller's tokens in the Traffic table. */
function tokenPartition(owner: string): string {
  return `TOKEN#${owner}`;
}

async function readDone(
  { client, tables, ...retrying }: StoreContext,
  key: ItemKey,
): Promise<z.infer<typeof doneSchema> | undefined> {
  const get = new GetCommand({ TableName: tables.traffic, Key: key, ConsistentRead: true });
  const { Item } = await repeatUntil(retrying, () => client.send(get));
  const done = Item && parseItem(doneSchema, Item);
  return done && done[TTL_ATTRIBUTE] * 1000 > retrying.clock() ? done : undefined;
}

function putDone(
  { tables, clock }: StoreContext,
  key: ItemKey,
  { request, result }: { request: string; result: unknown },
): WriteAction {
  const now_s = Math.ceil(clock() / 1000);
  return {
    Put: {
      TableName: tables.traffic,
      Item: { ...key, request, result: JSON.stringify(result), [TTL_ATTRIBUTE]: now_s + KEPT_S },
      // DynamoDB deletes late: an expired token is replaced.
      ...conditionOf({
        expression: `attribute_not_exists(#pk) OR #${TTL_ATTRIBUTE} <= :now_s`,
        values: { now_s },
      }),
    },
  };
}

/** JSON that doesn't depend on the order of names, and in which null equals left out. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part ?? undefined;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
