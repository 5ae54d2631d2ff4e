/** Lambda's answer if a function failed. */
export interface FailurePayload {
  errorType: string;
  errorMessage: string;
  trace?: string[];
}

/**
 * A function threw, ended, or exceeded its time or memory. `name` is Lambda's error type, such as
 * "Sandbox.Timedout".
 */
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

/** All allowed containers of the function are busy. */
export class TooManyRequests extends Error {
  override readonly name = 'TooManyRequestsException';

  constructor(functionName: string) {
    super(`Rate Exceeded: ${functionName} has no concurrency left.`);
  }
}

/** Lambda's payload for a value that a handler threw. */
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

/** Lambda's payload for a bundle that can't be loaded. */
export function describeLoadFailure(thrown: unknown): FailurePayload {
  const failure = describeFailure(thrown);
  const errorMessage = `${failure.errorType}: ${failure.errorMessage}`;
  if (thrown instanceof SyntaxError)
    return { ...failure, errorType: 'Runtime.UserCodeSyntaxError', errorMessage };
  if (NOT_FOUND.has((thrown as NodeJS.ErrnoException | undefined)?.code ?? '')) {
    return { ...failure, errorType: 'Runtime.ImportModuleError', errorMessage };
  }
  return failure;
}

const NOT_FOUND = new Set(['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND']);

/**
 * Lambda's payload for a process that ended unexpectedly: by its exit code, or by a signal such as
 * that of an exhausted heap.
 */
export function describeExit(
  requestId: string,
  code: number | null,
  signal: NodeJS.Signals | null,
): FailurePayload {
  return {
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${requestId} Error: ${exitReason(code, signal)}`,
  };
}

function exitReason(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal !== null) return `Runtime exited with error: signal: ${SIGNAL_WORDS[signal] ?? signal}`;
  return code === 0
    ? 'Runtime exited without providing a reason'
    : `Runtime exited with error: exit status ${code}`;
}

const SIGNAL_WORDS: Partial<Record<NodeJS.Signals, string>> = {
  SIGABRT: 'aborted',
  SIGKILL: 'killed',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
  SIGTRAP: 'trace/breakpoint trap',
};
