/**
 * What a failed DynamoDB call means for the caller.
 *
 * - `condition`: a condition did not hold; `reasons` has the action and, if requested, the stored
 *   item.
 * - `conflict`: another transaction held an item; nothing was written; the same call may be
 *   repeated.
 * - `throttled`: nothing was written; repeat later.
 * - `validation`: DynamoDB refuses this call each time, or the SDK can't make a request of it;
 *   `reasons` has the action, if it is known.
 * - `unknown`: no answer (time-out, reset, 5xx): the write may or may not be committed; read
 *   strongly consistent before going on.
 * - `fatal`: anything else (no such table, no permission, a bug).
 */
export type FailureKind = 'condition' | 'conflict' | 'throttled' | 'validation' | 'unknown' | 'fatal';

/**
 * Why one action cancelled a transaction; `item` is the stored item (ALL_OLD) in DynamoDB's format.
 */
export interface CancellationReason {
  index: number;
  code: string;
  item?: Record<string, unknown>;
}

export interface Failure {
  kind: FailureKind;
  /** The actions that caused it, in the order of the transaction. */
  reasons: CancellationReason[];
  cause: unknown;
}

const THROTTLED = new Set([
  'ProvisionedThroughputExceededException',
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
  'ThrottlingException',
  'ThrottlingError',
  'LimitExceededException',
]);

const UNKNOWN = new Set([
  'TimeoutError',
  'RequestTimeout',
  'RequestTimeoutException',
  'AbortError',
  'InternalServerError',
  'InternalServerErrorException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'TransactionInProgressException',
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** Classifies an error of the SDK by what the caller may do next. Does not throw. */
export function classifyFailure(cause: unknown): Failure {
  const error = (cause ?? {}) as SdkError;
  if (error.name === 'TransactionCanceledException') return classifyCancellation(error, cause);
  return { kind: kindOf(error), reasons: [], cause };
}

/** The SDK can't write this as an item, so no request can be made. */
export class UnstorableInput extends Error {
  override readonly name = 'UnstorableInput';

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

interface SdkError {
  name?: string;
  code?: string;
  $metadata?: { httpStatusCode?: number };
  CancellationReasons?: { Code?: string; Item?: Record<string, unknown> }[];
}

function kindOf(error: SdkError): FailureKind {
  const name = error.name ?? '';
  if (name === 'ConditionalCheckFailedException') return 'condition';
  if (name === 'TransactionConflictException') return 'conflict';
  if (THROTTLED.has(name)) return 'throttled';
  if (name === 'ValidationException' || name === 'UnstorableInput') return 'validation';
  if (UNKNOWN.has(name) || UNKNOWN.has(error.code ?? '')) return 'unknown';
  if ((error.$metadata?.httpStatusCode ?? 0) >= 500) return 'unknown';
  return 'fatal';
}

function classifyCancellation(error: SdkError, cause: unknown): Failure {
  const reasons = (error.CancellationReasons ?? []).flatMap((reason, index): CancellationReason[] => {
    const code = reason.Code ?? 'None';
    if (code === 'None') return [];
    return [{ index, code, ...(reason.Item && { item: reason.Item }) }];
  });
  const codes = new Set(reasons.map(reason => reason.code));
  return { kind: cancellationKind(codes), reasons, cause };
}

// The order matters. A validation error has priority, because a repetition can't succeed. A failed
// condition has priority over a conflict, because to read again resolves both.
function cancellationKind(codes: Set<string>): FailureKind {
  if (codes.has('ValidationError') || codes.has('ItemCollectionSizeLimitExceeded')) return 'validation';
  if (codes.has('ConditionalCheckFailed')) return 'condition';
  if (codes.has('TransactionConflict')) return 'conflict';
  if (codes.has('ThrottlingError') || codes.has('ProvisionedThroughputExceeded')) return 'throttled';
  return 'unknown';
}
