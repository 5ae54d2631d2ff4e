import { LIMITS } from '../limits.ts';

/** An error inside a message of the real-time protocol. */
export interface MessageError {
  errorType?: string;
  message: string;
  errorCode?: number;
}

/**
 * Messages of the server
 * (https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html).
 */
export const messages = {
  connectionAck: { type: 'connection_ack', payload: { connectionTimeoutMs: LIMITS.connectionTimeoutMs } },
  keepAlive: { type: 'ka' },
  connectionError: (error: MessageError) => ({ type: 'connection_error', payload: { errors: [error] } }),
  startAck: (id: string) => ({ id, type: 'start_ack' }),
  data: (id: string, payload: unknown) => ({ id, type: 'data', payload }),
  complete: (id: string) => ({ id, type: 'complete' }),
  error: (id: string | undefined, errors: MessageError[]) => ({
    ...(id !== undefined && { id }),
    type: 'error',
    payload: { errors },
  }),
} as const;

/** A refused operation of a client; the connection continues. */
export class OperationRefused extends Error {
  override readonly name = 'OperationRefused';
  readonly errors: MessageError[];

  constructor(...errors: MessageError[]) {
    super(errors.map(({ message }) => message).join('; '));
    this.errors = errors;
  }
}
