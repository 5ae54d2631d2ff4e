import type { Rights } from '../rights/guard.ts';
import type { FailurePayload } from './function-failure.ts';

/**
 * The file descriptor for messages between a container and the runtime: one JSON text per line,
 * alternately. The runtime begins with a {@link ContainerStart}; then each side answers the other's
 * message.
 */
export const CHANNEL = 3;

/** The first message to a container. */
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
  /** Its permissions; default: everything is allowed. */
  rights?: Rights;
  /** Folder in which it records the permissions that it uses. */
  record_rights?: string;
}

/** The message of an invocation. */
export interface InvocationMessage {
  requestId: string;
  /** As JSON text, so that functions get the same values as from Lambda. */
  event: string;
  /** End of the time limit, milliseconds since the epoch. */
  deadlineMs: number;
}

/** A message of a container: it is ready, the outcome of an invocation, or why it ends. */
export type ContainerMessage =
  | { kind: 'ready' }
  | { kind: 'result'; result: string }
  | { kind: 'failure'; failure: FailurePayload }
  | { kind: 'ended'; failure: FailurePayload };
