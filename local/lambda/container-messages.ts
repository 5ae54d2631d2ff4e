import type { FailurePayload } from './function-failure.ts';

/** What a container is started with. */
export interface ContainerStart {
  /** The bundle's main file. */
  file: string;
  /** The export that handles events. */
  handler: string;
  functionName: string;
  functionArn: string;
  memoryMb: number;
  logGroupName: string;
  logStreamName: string;
}

/** An invocation on its way to a container. */
export interface InvocationMessage {
  requestId: string;
  /** JSON, so that functions see what Lambda would give them. */
  event: string;
  timeoutMs: number;
}

/** What a container says: it is ready (or can't be), or what came of an invocation. */
export type ContainerMessage =
  | { kind: 'ready' }
  | { kind: 'broken'; failure: FailurePayload }
  | { kind: 'result'; requestId: string; result: string }
  | { kind: 'failure'; requestId: string; failure: FailurePayload };
