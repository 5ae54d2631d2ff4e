import { shortMessage } from './short-text.ts';

/** A request that is refused as a whole, before GraphQL: an HTTP status and one error. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly status: number;
  readonly errorType: string;

  constructor(status: number, errorType: string, message: string) {
    super(shortMessage(message));
    this.status = status;
    this.errorType = errorType;
  }
}

export function malformed(message: string): TransportError {
  return new TransportError(400, 'MalformedHttpRequestException', message);
}

export function badRequest(message: string): TransportError {
  return new TransportError(400, 'BadRequestException', message);
}
