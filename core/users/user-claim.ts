import { z } from 'zod';
import { type Caller, callerSchema } from '../access/caller.ts';
import { type Reversal, reversalSchema } from '../audit/audit-entry.ts';
import { Conflict } from '../errors.ts';
import { type BegunOperation, beginOperation } from '../storage/begun-operation.ts';
import { conditionOf } from '../storage/item-update.ts';
import { readItem } from '../storage/parse-item.ts';
import { conditionHeld } from '../storage/retrying.ts';
import type { StoreContext } from '../storage/store-context.ts';
import type { WriteAction } from '../storage/write-action.ts';
import { writeChange } from '../storage/write-change.ts';
import { type UserState, userStateSchema } from './user.ts';

const USERS_PARTITION = 'USERS';
const key = { pk: USERS_PARTITION, sk: 'CHANGE' };

/**
 * How long a change of people may take before another function finishes it: as long as a request,
 * and some.
 */
const LEASE_MS = 40_000;

export const USER_OPERATIONS = ['inviteUser', 'setUserGroups', 'setUserEnabled'] as const;
export type UserOperation = (typeof USER_OPERATIONS)[number];

/**
 * What a change of a person will have done; written before it is begun, so that any function can
 * finish it.
 */
export interface UserIntent {
  operation: UserOperation;
  actor: Caller;
  /** Of the person; null: one who is to be invited. */
  user_id: string | null;
  email: string;
  before: UserState | null;
  after: UserState;
  reverses: Reversal | null;
}

/** The one change of people that is going on. */
export interface UserClaim extends BegunOperation {
  /** Null: it is still being judged. */
  intent: UserIntent | null;
}

const claimSchema = z.object({
  audit_id: z.string(),
  started_ms: z.number(),
  lease_until_ms: z.number(),
  intent: z
    .object({
      operation: z.enum(USER_OPERATIONS),
      actor: callerSchema,
      user_id: z.string().nullable(),
      email: z.string(),
      before: userStateSchema.nullable(),
      after: userStateSchema,
      reverses: reversalSchema.nullable(),
    })
    .nullable(),
});

/**
 * Claims the turn to change people: the user pool knows no transactions, so that one change at a
 * time is judged and made. `finish` is called for a change that was cut off, before the turn is
 * taken.
 *
 * @throws Conflict while another change goes on
 */
export async function claimUsers(
  context: StoreContext,
  finish: (claim: UserClaim) => Promise<unknown>,
): Promise<UserClaim> {
  const claim = { ...beginOperation(context), intent: null };
  const held = await readItem(context, key, claimSchema);
  if (held && context.clock() < held.lease_until_ms) throw busy();
  if (held?.intent) await finish(held);
  const condition =
    held && !held.intent
      ? { expression: '#audit_id = :was', values: { was: held.audit_id } }
      : { expression: 'attribute_not_exists(#pk)' };
  if (await put(context, claim, condition)) return claim;
  throw busy();
}

/** Writes down what a claimed change will do. @throws Conflict where another has taken the turn */
export async function declareIntent(
  context: StoreContext,
  claim: UserClaim,
  intent: UserIntent,
): Promise<UserClaim & { intent: UserIntent }> {
  const declared = { ...claim, intent };
  const condition = { expression: '#audit_id = :mine', values: { mine: claim.audit_id } };
  if (!(await put(context, declared, condition))) throw busy();
  return declared;
}

/** Gives the turn back, in the transaction that commits what was done. */
export function releaseAction({ tables }: StoreContext, { audit_id }: UserClaim): WriteAction {
  const condition = { expression: '#audit_id = :mine', values: { mine: audit_id } };
  return { Delete: { TableName: tables.network, Key: key, ...conditionOf(condition) } };
}

/** Gives the turn back after a refusal; one that was taken over meanwhile stays as it is. */
export async function releaseUsers(context: StoreContext, claim: UserClaim): Promise<void> {
  await conditionHeld(writeChange(context, [releaseAction(context, claim)]));
}

function put(
  context: StoreContext,
  claim: UserClaim,
  condition: Parameters<typeof conditionOf>[0],
): Promise<boolean> {
  const Item = { ...key, ...claim, lease_until_ms: context.clock() + LEASE_MS };
  return conditionHeld(
    writeChange(context, [{ Put: { TableName: context.tables.network, Item, ...conditionOf(condition) } }]),
  );
}

function busy(): Conflict {
  return new Conflict('Another change of users is being made. Try again in a moment.');
}
