import type { Caller } from '../../core/access/caller.ts';
import { type QueryBudget, spendBudget } from '../../core/access/query-budget.ts';
import { authorize, type OperationName, ROLES } from '../../core/access/roles.ts';
import { recordRefusal } from '../../core/audit/record-refusal.ts';
import {
  type ErrorType,
  PatronusError,
  Throttled,
  Unauthorized,
  ValidationError,
  type WrongArgument,
} from '../../core/errors.ts';
import { repeatUntil } from '../../core/storage/retrying.ts';
import type { StoreContext } from '../../core/storage/store-context.ts';
import { OPERATION_ARGUMENTS } from '../../graphql/arguments.generated.ts';
import { answerOfSize } from './answer-size.ts';
import { type ApiEvent, callerOf } from './api-event.ts';
import { argumentSchema } from './argument-schema.ts';
import { loggedRequest, loggedTarget } from './logged-request.ts';
import { parseArguments } from './parse-arguments.ts';
import type { Call, Resolver } from './resolver.ts';

/** The function's answer, which graphql/resolver.js turns into data or an entry in `errors`. */
export type Answer = { data: unknown } | { error: { type: ErrorType; message: string; info?: ErrorInfo } };

/** Details of an error for programs: `errorInfo` in the GraphQL answer. */
type ErrorInfo = { retry_after_s: number } | { fields: readonly WrongArgument[] };

export interface Surroundings
  extends Pick<
    Call,
    | 'silent_after_s'
    | 'retention'
    | 'flow_log_ttl_hours'
    | 'flow_log_mask_hosts'
    | 'flow_objects'
    | 'caches'
    | 'exports'
    | 'directory'
    | 'currency'
    | 'webhook_rules'
    | 'onFailover'
    | 'edge_roles'
    | 'identify'
  > {
  /** Whether the caller's account was disabled after its token was issued. */
  isDisabled(caller: Caller): Promise<boolean>;
  /** Budget of a caller for expensive operations, per minute. */
  query_budget: QueryBudget;
  context: StoreContext;
  resolvers: Record<OperationName, Resolver<never, unknown>>;
  /** The fields of the overview, which fail independently. */
  overview_parts: Record<string, Resolver<never, unknown>>;
  /** Called for each answer with the error `Internal`, to count it in a metric. */
  onInternalError(): void;
  /** Called for failures that clients don't see: faults, and refusals that could not be logged. */
  report(message: string, details: { operation: string; error: Error }): void;
}

/**
 * Maximum characters of a refusal's message. Quotes are short already; this limit holds for all
 * messages.
 */
const MAX_MESSAGE_LENGTH = 2000;

const DISABLED = 'Your account is disabled: ask an administrator to enable it.';

/**
 * Authorizes the caller, runs the operation, and turns refusals and faults into error answers.
 * Never throws.
 */
export async function answer(event: ApiEvent, surroundings: Surroundings): Promise<Answer> {
  const isPart = event.type === 'Overview';
  const operation = isPart ? 'Query.overview' : `${event.type}.${event.field}`;
  let caller: Caller | undefined;
  try {
    if (!isOperation(operation))
      throw new Error('The schema has an operation that the function does not implement');
    caller = callerOf(event);
    authorize(operation, caller);
    if (event.type === 'Mutation') {
      caller = await surroundings.identify(caller);
      if (await surroundings.isDisabled(caller)) throw new Unauthorized(DISABLED);
    }
    const spend = spender(caller, surroundings);
    const call = { caller, selection: event.selection ?? [], spend, ...surroundings };
    const given = parseArguments(argumentSchema(operation), event.arguments);
    const resolver = isPart ? partOf(event, surroundings) : surroundings.resolvers[operation];
    const run = (asked: unknown) => resolver.run(asked as never, call);
    if (event.type !== 'Mutation') {
      const data = await answerOfSize({
        arguments: given,
        paged: 'limit' in OPERATION_ARGUMENTS[operation],
        // A query may be repeated as a whole; a mutation repeats only its own safe steps.
        run: asked => repeatUntil(surroundings.context, () => run(asked)),
      });
      return { data };
    }
    const data = await run(given);
    // The next query in this container must see the change; other containers check within a second.
    for (const cache of Object.values(surroundings.caches)) cache.recheck();
    return { data };
  } catch (error) {
    if (!(error instanceof PatronusError)) return masked(operation, error, surroundings);
    if (caller) await logRefusal(event, caller, error, surroundings);
    const info = infoOf(error);
    return { error: { type: error.errorType, message: messageOf(error), ...(info && { info }) } };
  }
}

/**
 * Charges the cost of a request once, even if the request is retried or repeated for a smaller
 * page.
 */
function spender(caller: Caller, { context, query_budget }: Surroundings): Call['spend'] {
  let spent = false;
  return async cost => {
    if (spent) return;
    spent = true;
    await spendBudget(context, { caller, cost, budget: query_budget });
  };
}

function partOf({ field }: ApiEvent, { overview_parts }: Surroundings): Resolver<never, unknown> {
  const part = Object.hasOwn(overview_parts, field) ? overview_parts[field] : undefined;
  if (!part) throw new Error('The overview has a field that the function does not implement');
  return part;
}

function infoOf(error: PatronusError): ErrorInfo | undefined {
  if (error instanceof Throttled && error.retry_after_s !== undefined) {
    return { retry_after_s: error.retry_after_s };
  }
  if (error instanceof ValidationError && error.fields.length > 0) return { fields: error.fields };
  return undefined;
}

function messageOf({ message }: PatronusError): string {
  return message.length <= MAX_MESSAGE_LENGTH ? message : `${message.slice(0, MAX_MESSAGE_LENGTH - 1)}…`;
}

function isOperation(name: string): name is OperationName {
  return Object.hasOwn(ROLES, name);
}

function masked(operation: string, cause: unknown, { report, onInternalError }: Surroundings): Answer {
  const error = cause instanceof Error ? cause : new Error(String(cause));
  report('Operation failed', { operation, error });
  onInternalError();
  return {
    error: {
      type: 'Internal',
      message: 'Something went wrong on our side. Try again; if it goes on, tell us when it happened.',
    },
  };
}

// Refused mutations and calls that a role forbids are logged in the audit log. The client gets the
// refusal even if it can't be logged.
async function logRefusal(
  event: ApiEvent,
  caller: Caller,
  refused: PatronusError,
  { context, resolvers, identify, report }: Surroundings,
): Promise<void> {
  if (event.type !== 'Mutation' && !(refused instanceof Unauthorized)) return;
  const operation = `${event.type}.${event.field}` as OperationName;
  try {
    const request = loggedRequest(event.arguments);
    await recordRefusal(context, {
      actor: caller,
      identify,
      operation: event.field,
      target: loggedTarget(resolvers[operation].target, request),
      error_type: refused.errorType,
      message: messageOf(refused),
      request,
    });
  } catch (cause) {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    report('A refusal could not be written to the audit log', { operation, error });
  }
}
