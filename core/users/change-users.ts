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

/** What changes of people work with. */
export interface UserContext {
  context: StoreContext;
  directory: UserDirectory;
  actor: Caller;
}

/** The person as they are after a change, and the id of its entry in the audit log. */
export interface ChangedUser {
  user: User;
  audit_id: string;
}

const EMAIL_RULE = 'email must be an e-mail address of at most 254 characters, such as ann@example.com.';

/** Of a person who is invited. */
export const emailInput = z
  .string(EMAIL_RULE)
  .transform(text => text.trim())
  .pipe(z.email(EMAIL_RULE).max(254, EMAIL_RULE));

const GROUPS_RULE = `groups must be one or more of ${USER_GROUPS.join(', ')}, each once.`;

/** Groups that a person is to be in. */
export const groupsInput = z
  .array(z.enum(USER_GROUPS), GROUPS_RULE)
  .min(1, GROUPS_RULE)
  .refine(groups => new Set(groups).size === groups.length, GROUPS_RULE)
  .transform(inOrder);

/**
 * Enters a person and mails them the invitation; one who was invited and has not signed in gets
 * another, and these groups.
 *
 * @throws Conflict for who has an account · ValidationError for an address that the user pool
 * refuses
 */
export function inviteUser(
  request: UserContext,
  { email, groups }: { email: string; groups: UserGroup[] },
): Promise<ChangedUser> {
  return changeUser(request, 'inviteUser', async directory => {
    const known = await directory.read(email);
    if (known && known.status !== 'INVITED') {
      throw new Conflict(`${quoted(email)} has an account: change its groups with setUserGroups.`);
    }
    if (known?.enabled === false) {
      throw new Conflict(`${quoted(email)} is disabled: enable the account with setUserEnabled first.`);
    }
    const before = known ? stateOf(known) : null;
    return { known, email, before, after: { name: email, groups, enabled: true } };
  });
}

/**
 * Puts a person into exactly these groups.
 *
 * @throws NotFound · Conflict where no administrator would be left
 */
export function setUserGroups(
  request: UserContext,
  { user_id, groups }: { user_id: string; groups: UserGroup[] },
): Promise<ChangedUser> {
  return changeKnownUser(request, 'setUserGroups', user_id, before => ({ ...before, groups }));
}

/**
 * Says whether a person may sign in. Who is disabled can't sign in or renew a token any more.
 *
 * @throws NotFound · Conflict where no administrator would be left
 */
export function setUserEnabled(
  request: UserContext,
  { user_id, enabled }: { user_id: string; enabled: boolean },
): Promise<ChangedUser> {
  return changeKnownUser(request, 'setUserEnabled', user_id, before => ({ ...before, enabled }));
}

/**
 * Changes a person who is there: `change` gives what they are to be, or throws what is in the way.
 */
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
 * One change at a time, in four steps: the turn is claimed, the change is judged, what it will do
 * is written down, and it is done. A function that is cut off after the third leaves it to the next
 * change of people, whose audit entry names who had asked.
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

/** @throws Conflict where the others who could administer are none */
async function refuseLastAdmin(directory: UserDirectory, { id, email }: User): Promise<void> {
  for await (const other of directory.inGroup('admin')) {
    if (other.id !== id && isWorkingAdmin(other)) return;
  }
  throw new Conflict(
    `${quoted(email ?? id)} is the last administrator who can sign in: make someone else an administrator first.`,
  );
}

/**
 * Makes a declared change and commits its audit entry with the end of the turn; what is so already
 * stays so.
 */
async function finish(request: UserContext, claim: UserClaim): Promise<ChangedUser> {
  const { context, directory } = request;
  const intent = claim.intent!;
  const user = await apply(directory, intent).catch(async cause => {
    // What is refused would be refused again; what is unknown is done by the next change.
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
  // Another function may have finished it meanwhile: then the entry is there.
  await conditionHeld(writeChange(context, [releaseAction(context, claim), audit]));
  return { user, audit_id: claim.audit_id };
}

function isRefusal(cause: unknown): boolean {
  return cause instanceof PatronusError && !(cause instanceof Throttled);
}

/** For a change of another's, whose refusal is not the caller's. */
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
