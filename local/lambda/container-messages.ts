import type { Rights } from '../rights/guard.ts';
import type { FailurePayload } from './function-failure.ts';

/**
 * The file descriptor over which a container and the runtime talk: one JSON text a line, in turns.
 * The runtime begins with a {@link ContainerStart}; then each side answers what the other one said.
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
  /** What it may do; anything when left out. */
  rights?: Rights;
  /** Folder to note in what it uses of its rights. */
  record_rights?: string;
}

/** An invocation on its way to a container. */
export interface InvocationMessage {
  requestId: string;
  /** JSON, so that functions see what Lambda would give them. */
  event: string;
  /** When the time limit ends: milliseconds since the epoch. */
  deadlineMs: number;
}

/** What a container says: it is ready, what came of an invocation, or why it ends. */
export type ContainerMessage =
  | { kind: 'ready' }
  | { kind: 'result'; result: string }
  | { kind: 'failure'; failure: FailurePayload }
  | { kind: 'ended'; failure: FailurePayload };
