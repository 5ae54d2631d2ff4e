import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { Throttled } from '../errors.ts';
import { classifyFailure } from '../storage/failure.ts';
import { updateItem } from '../storage/item-update.ts';
import { type TableNames, TTL_ATTRIBUTE } from '../storage/tables.ts';
import type { Clock } from '../time/clock.ts';
import { withTimeLimit } from '../time/time-limit.ts';
import type { Caller } from './caller.ts';
import { roleOf } from './edge-identity.ts';

/** Prefix of the partition with a caller's spending by minute. */
const BUDGET_PREFIX = 'BUDGET#';

/** Default of a caller's budget for expensive operations in a minute, as in `lib/settings.ts`. */
export const DEFAULT_QUERY_BUDGET = 240;

const MINUTE_MS = 60_000;

/** How long an item is kept after its minute. */
const KEPT_S = 120;

/** Longest name of a caller in a key, characters: an ARN may be longer than a key. */
const MAX_NAME = 512;

/** The budget of a caller. */
export interface QueryBudget {
  /** Units in a minute. */
  units: number;
  /** How long a request waits for the write, milliseconds; undefined: without limit. */
  wait_ms?: number;
}

export interface BudgetContext {
  client: DynamoDBDocumentClient;
  tables: Pick<TableNames, 'cache'>;
  clock: Clock;
}

/**
 * Subtracts the cost of an operation from the caller's budget of this minute by one conditional
 * write, so that concurrent requests can't exceed the budget. All sessions of a machine's role
 * share one budget. When the Cache table doesn't answer, the request passes; when the table
 * throttles, it is refused, because a flood of requests may be the cause.
 *
 * @throws Throttled that says when to try again
 */
export async function spendBudget(
  { client, tables, clock }: BudgetContext,
  { caller, cost, budget }: { caller: Caller; cost: number; budget: QueryBudget },
): Promise<void> {
  const now = clock();
  const minute = Math.floor(now / MINUTE_MS);
  const ends_ms = (minute + 1) * MINUTE_MS;
  const update = updateItem({
    table: tables.cache,
    key: { pk: BUDGET_PREFIX + budgetOwner(caller).slice(-MAX_NAME), sk: String(minute) },
    add: { spent: cost },
    set: { [TTL_ATTRIBUTE]: ends_ms / 1000 + KEPT_S },
    condition: {
      expression: 'attribute_not_exists(#spent) OR #spent <= :left',
      values: { left: budget.units - cost },
    },
  });
  try {
    const command = new UpdateCommand(update);
    const { wait_ms } = budget;
    if (wait_ms === undefined) await client.send(command);
    else await withTimeLimit(wait_ms, abortSignal => client.send(command, { abortSignal }));
  } catch (cause) {
    const { kind } = classifyFailure(cause);
    if (kind === 'condition') throw overBudget(now, ends_ms);
    if (kind === 'throttled') {
      throw new Throttled('There are too many expensive queries at once. Try again in a minute.', { cause });
    }
  }
}

function overBudget(now: number, ends_ms: number): Throttled {
  const retry_after_s = Math.ceil((ends_ms - now) / 1000);
  return new Throttled(
    `You have asked for as many expensive queries as one minute allows: ask again in ${retry_after_s} s, at ${new Date(ends_ms).toISOString()}. The API's documentation says what each costs.`,
    { retry_after_s },
  );
}

/** The owner of the budget: a person, or a machine's role, as machines may choose session names. */
function budgetOwner({ kind, sub }: Caller): string {
  return kind === 'MACHINE' ? (roleOf(sub) ?? sub) : sub;
}
