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
 * How long a change of users may take before another function finishes it: longer than a request.
 */
const LEASE_MS = 40_000;

export const USER_OPERATIONS = ['inviteUser', 'setUserGroups', 'setUserEnabled'] as const;
export type UserOperation = (typeof USER_OPERATIONS)[number];

/**
 * The intent of a change of a user, stored before the change, so that any function can finish it.
 */
export interface UserIntent {
  operation: UserOperation;
  actor: Caller;
  /** The user's id; null for an invitation. */
  user_id: string | null;
  email: string;
  before: UserState | null;
  after: UserState;
  reverses: Reversal | null;
}

/** The running change of users. */
export interface UserClaim extends BegunOperation {
  /** Null until the change was checked. */
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
 * Claims the turn to change users: the user pool has no transactions, so changes run one at a time.
 * It calls `finish` for a change that was interrupted before it claims the turn.
 *
 * @throws Conflict while another change runs
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

/** Stores the intent of a claimed change. @throws Conflict when another change has the turn */
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

/** The action that releases the turn, in the transaction that commits the audit entry. */
export function releaseAction({ tables }: StoreContext, { audit_id }: UserClaim): WriteAction {
  const condition = { expression: '#audit_id = :mine', values: { mine: audit_id } };
  return { Delete: { TableName: tables.network, Key: key, ...conditionOf(condition) } };
}

/** Releases the turn after a refusal, unless another change has claimed it meanwhile. */
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
  return new Conflict('Another change of users is running. Try again in a moment.');
}
