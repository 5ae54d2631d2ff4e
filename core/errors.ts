/** What a program can switch on when an operation is refused or fails (contract, see graphql/schema.graphql). */
export type ErrorType =
  | 'ValidationError'
  | 'NotFound'
  | 'Unauthorized'
  | 'Conflict'
  | 'Throttled'
  | 'Internal';

/**
 * Base of every planned error. `message` is written for the person who asked and says what to do next;
 * it never names a table, a key or a stack frame. Anything thrown that is not one of these is masked as `Internal`.
 */
export abstract class PatronusError extends Error {
  abstract readonly errorType: ErrorType;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The input is malformed or out of range; nothing was changed. The message names the argument and what is allowed. */
export class ValidationError extends PatronusError {
  readonly errorType = 'ValidationError';
}

/** The thing that was named does not exist (any more). */
export class NotFound extends PatronusError {
  readonly errorType = 'NotFound';
}

/** The caller is known but may not do this; the message names the group that may. */
export class Unauthorized extends PatronusError {
  readonly errorType = 'Unauthorized';
}

/** Somebody else changed the same thing first; asking again may succeed. */
export class Conflict extends PatronusError {
  readonly errorType = 'Conflict';
}

/** The database asked for less speed for longer than the function may wait; asking again later will succeed. */
export class Throttled extends PatronusError {
  readonly errorType = 'Throttled';
}
