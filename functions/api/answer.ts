import type { Caller } from '../../core/access/caller.ts';
import { authorize, type OperationName, ROLES } from '../../core/access/roles.ts';
import { recordRefusal } from '../../core/audit/record-refusal.ts';
import { type ErrorType, PatronusError, Unauthorized } from '../../core/errors.ts';
import { repeatUntil } from '../../core/storage/retrying.ts';
import type { StoreContext } from '../../core/storage/store-context.ts';
import { type ApiEvent, callerOf } from './api-event.ts';
import type { Call, Resolver } from './resolver.ts';

/** What graphql/resolver.js turns into data or an entry in `errors`. */
export type Answer = { data: unknown } | { error: { type: ErrorType; message: string } };

export interface Surroundings
  extends Pick<
    Call,
    | 'silent_after_s'
    | 'retention'
    | 'flow_log_ttl_hours'
    | 'flow_objects'
    | 'caches'
    | 'exports'
    | 'onFailover'
  > {
  context: StoreContext;
  resolvers: Record<OperationName, Resolver<never, unknown>>;
  /** Fills in what the caller's token doesn't say; must not throw. */
  identify(caller: Caller): Promise<Caller>;
  /** Called for what clients don't see: faults, and refusals that could not be recorded. */
  report(message: string, details: { operation: string; error: Error }): void;
}

/** Checks who asks, runs the operation, and puts a refusal into words. Never throws. */
export async function answer(event: ApiEvent, surroundings: Surroundings): Promise<Answer> {
  const operation = `${event.type}.${event.field}`;
  let caller: Caller | undefined;
  try {
    if (!isOperation(operation)) throw new Error('The schema has an operation that the function lacks');
    caller = callerOf(event.identity);
    authorize(operation, caller);
    if (event.type === 'Mutation') caller = await surroundings.identify(caller);
    const call = { caller, selection: event.selection ?? [], ...surroundings };
    const run = () => surroundings.resolvers[operation].run(event.arguments as never, call);
    // A query may be repeated as a whole; a mutation knows itself what of it may be.
    if (event.type === 'Query') return { data: await repeatUntil(surroundings.context, run) };
    const data = await run();
    // What it changed is seen by the next query here; other functions ask within a second anyway.
    for (const cache of Object.values(surroundings.caches)) cache.recheck();
    return { data };
  } catch (error) {
    if (!(error instanceof PatronusError)) return masked(operation, error, surroundings);
    if (caller) await writeDown(event, caller, error, surroundings);
    return { error: { type: error.errorType, message: error.message } };
  }
}

function isOperation(name: string): name is OperationName {
  return Object.hasOwn(ROLES, name);
}

function masked(operation: string, cause: unknown, { report }: Surroundings): Answer {
  const error = cause instanceof Error ? cause : new Error(String(cause));
  report('Operation failed', { operation, error });
  return {
    error: {
      type: 'Internal',
      message: 'Something went wrong on our side. Try again; if it goes on, tell us when it happened.',
    },
  };
}

// A refused change belongs in the audit log, and so does every attempt that a role forbids. The
// client gets the refusal even if it can't be recorded.
async function writeDown(
  event: ApiEvent,
  caller: Caller,
  refused: PatronusError,
  { context, resolvers, identify, report }: Surroundings,
): Promise<void> {
  if (event.type !== 'Mutation' && !(refused instanceof Unauthorized)) return;
  const operation = `${event.type}.${event.field}` as OperationName;
  try {
    await recordRefusal(context, {
      actor: caller,
      identify,
      operation: event.field,
      target: resolvers[operation].target(event.arguments as never),
      error_type: refused.errorType,
      message: refused.message,
      request: event.arguments,
    });
  } catch (cause) {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    report('A refusal could not be written to the audit log', { operation, error });
  }
}
