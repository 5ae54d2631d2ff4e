import { z } from 'zod';
import type { Caller } from '../access/caller.ts';
import { auditAction } from '../audit/audit-action.ts';
import type { Reversal } from '../audit/audit-entry.ts';
import { Conflict, NotFound, PatronusError, quoted, Throttled } from '../errors.ts';
import { conditionHeld } from '../storage/retrying.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { writeChange } from '../storage/write-change.ts';
import {
  inOrder,
  isWorkingAdmin,
  stateOf,
  USER_GROUPS,
  type User,
  type UserGroup,
  type UserState,
} from './user.ts';
import {
  claimUsers,
  declareIntent,
  releaseAction,
  releaseUsers,
  type UserClaim,
  type UserIntent,
  type UserOperation,
} from './user-claim.ts';
import type { UserDirectory } from './user-directory.ts';

/** What a change of users needs. */
export interface UserContext {
  context: StoreContext;
  directory: UserDirectory;
  actor: Caller;
}

/** The user after a change, and the id of its audit entry. */
export interface ChangedUser {
  user: User;
  audit_id: string;
}

const EMAIL_RULE = 'email must be an e-mail address of at most 254 characters, such as ann@example.com.';

/** The address of a person to invite. */
export const emailInput = z
  .string(EMAIL_RULE)
  .transform(text => text.trim())
  .pipe(z.email(EMAIL_RULE).max(254, EMAIL_RULE));

const GROUPS_RULE = `groups must be one or more of ${USER_GROUPS.join(', ')}, each once.`;

/** The new groups of a user. */
export const groupsInput = z
  .array(z.enum(USER_GROUPS), GROUPS_RULE)
  .min(1, GROUPS_RULE)
  .refine(groups => new Set(groups).size === groups.length, GROUPS_RULE)
  .transform(inOrder);

/**
 * Creates a user and mails the invitation. A user who was invited and has not signed in gets
 * another invitation, and these groups.
 *
 * @throws Conflict for a person with an account · ValidationError for an address that the user pool
 * refuses
 */
export function inviteUser(
  request: UserContext,
  { email, groups }: { email: string; groups: UserGroup[] },
): Promise<ChangedUser> {
  return changeUser(request, 'inviteUser', async directory => {
    const known = await directory.read(email);
    if (known && known.status !== 'INVITED') {
      throw new Conflict(`${quoted(email)} has an account. Change its groups with setUserGroups.`);
    }
    if (known?.enabled === false) {
      throw new Conflict(`${quoted(email)} is disabled. Enable the account with setUserEnabled first.`);
    }
    const before = known ? stateOf(known) : null;
    return { known, email, before, after: { name: email, groups, enabled: true } };
  });
}

/**
 * Sets a user's groups.
 *
 * @throws NotFound · Conflict when no administrator would be left
 */
export function setUserGroups(
  request: UserContext,
  { user_id, groups }: { user_id: string; groups: UserGroup[] },
): Promise<ChangedUser> {
  return changeKnownUser(request, 'setUserGroups', user_id, before => ({ ...before, groups }));
}

/**
 * Enables or disables a user. A disabled user can't sign in or renew a token.
 *
 * @throws NotFound · Conflict when no administrator would be left
 */
export function setUserEnabled(
  request: UserContext,
  { user_id, enabled }: { user_id: string; enabled: boolean },
): Promise<ChangedUser> {
  return changeKnownUser(request, 'setUserEnabled', user_id, before => ({ ...before, enabled }));
}

/** Changes an existing user: `change` returns the new state, or throws why it isn't possible. */
export function changeKnownUser(
  request: UserContext,
  operation: UserOperation,
  user_id: string,
  change: (before: UserState) => UserState | Promise<UserState>,
  reverses?: Reversal,
): Promise<ChangedUser> {
  return changeUser(
    request,
    operation,
    async directory => {
      const known = await directory.read(user_id);
      if (!known) throw noUser(user_id);
      const before = stateOf(known);
      return { known, email: before.name, before, after: await change(before) };
    },
    reverses,
  );
}

const noUser = (id: string): NotFound =>
  new NotFound(`There is no user ${quoted(id)}: the query users lists those that exist.`);

interface Plan {
  known: User | undefined;
  email: string;
  before: UserState | null;
  after: UserState;
}

/**
 * Changes users one at a time, in four steps: it claims the turn, checks the change, stores the
 * intent and performs it. When a function is interrupted after the third step, the next change of
 * users performs the stored one first, under its caller's name.
 */
async function changeUser(
  request: UserContext,
  operation: UserOperation,
  plan: (directory: UserDirectory) => Promise<Plan>,
  reverses?: Reversal,
): Promise<ChangedUser> {
  const { context, directory, actor } = request;
  const claim = await claimUsers(context, held => finish(request, held).catch(unlessRefused));
  let declared: Awaited<ReturnType<typeof declareIntent>>;
  try {
    const { known, email, before, after } = await plan(directory);
    if (known && isWorkingAdmin(known) && !isWorkingAdmin({ ...known, ...after })) {
      await refuseLastAdmin(directory, known);
    }
    declared = await declareIntent(context, claim, {
      operation,
      actor,
      user_id: known?.id ?? null,
      email,
      before,
      after,
      reverses: reverses ?? null,
    });
  } catch (cause) {
    await releaseUsers(context, claim);
    throw cause;
  }
  return finish(request, declared);
}

/** @throws Conflict when no other user can administer */
async function refuseLastAdmin(directory: UserDirectory, { id, email }: User): Promise<void> {
  for await (const other of directory.inGroup('admin')) {
    if (other.id !== id && isWorkingAdmin(other)) return;
  }
  throw new Conflict(
    `${quoted(email ?? id)} is the last administrator who can sign in. Make another user an administrator first.`,
  );
}

/**
 * Performs a stored change, which may be done in part, and commits its audit entry with the
 * release.
 */
async function finish(request: UserContext, claim: UserClaim): Promise<ChangedUser> {
  const { context, directory } = request;
  const intent = claim.intent!;
  const user = await apply(directory, intent).catch(async cause => {
    // A refused change would be refused again; one with an unknown outcome is left to the next.
    if (isRefusal(cause)) await releaseUsers(context, claim);
    throw cause;
  });
  const { actor, operation, before, after, reverses } = intent;
  const audit = auditAction(context.tables, claim, {
    actor,
    operation,
    target: `user:${user.id}`,
    before,
    after,
    reverses: reverses ?? undefined,
  });
  // Another function may have finished it and committed the entry.
  await conditionHeld(writeChange(context, [releaseAction(context, claim), audit]));
  return { user, audit_id: claim.audit_id };
}

function isRefusal(cause: unknown): boolean {
  return cause instanceof PatronusError && !(cause instanceof Throttled);
}

/** Ignores the refusal of an earlier caller's change. */
function unlessRefused(cause: unknown): void {
  if (!isRefusal(cause)) throw cause;
}

async function apply(directory: UserDirectory, intent: UserIntent): Promise<User> {
  const { operation, email, user_id, after } = intent;
  const user = operation === 'inviteUser' ? await directory.invite(email) : await directory.read(user_id!);
  if (!user) throw noUser(user_id!);
  for (const group of after.groups) {
    if (!user.groups.includes(group)) await directory.addToGroup(user.id, group);
  }
  for (const group of user.groups) {
    if (!after.groups.includes(group)) await directory.removeFromGroup(user.id, group);
  }
  if (after.enabled && !user.enabled) await directory.enable(user.id);
  if (!after.enabled) await directory.disable(user.id);
  return (await directory.read(user.id)) ?? user;
}
