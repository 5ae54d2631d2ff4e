/** What Lambda answers when a function failed. */
export interface FailurePayload {
  errorType: string;
  errorMessage: string;
  trace?: string[];
}

/** A function threw, ended, ran out of time or memory. `name` is Lambda's error type, such as "Sandbox.Timedout". */
export class FunctionFailure extends Error {
  override readonly name: string;
  readonly requestId: string;
  readonly payload: FailurePayload;

  constructor(requestId: string, payload: FailurePayload) {
    super(payload.errorMessage);
    this.name = payload.errorType;
    this.requestId = requestId;
    this.payload = payload;
  }
}

/** All containers that the function may have are busy. */
export class TooManyRequests extends Error {
  override readonly name = 'TooManyRequestsException';

  constructor(functionName: string) {
    super(`Rate Exceeded: ${functionName} has no concurrency left.`);
  }
}

/** Lambda's payload for whatever a handler threw. */
export function describeFailure(thrown: unknown): FailurePayload {
  if (!(thrown instanceof Error)) {
    const errorMessage = typeof thrown === 'string' ? thrown : (JSON.stringify(thrown) ?? String(thrown));
    return { errorType: typeof thrown, errorMessage, trace: [] };
  }
  return {
    errorType: thrown.name,
    errorMessage: thrown.message,
    trace: (thrown.stack ?? '').split('\n'),
  };
}
