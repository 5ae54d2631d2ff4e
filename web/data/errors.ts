/** An entry of `errors` in an answer, as the API writes it. */
export interface ErrorEntry {
  message: string;
  errorType?: string;
  /** The field that it is about, from the root of the operation. */
  path?: (string | number)[] | null;
  errorInfo?: { fields?: FieldProblem[] } | null;
}

/** What was wrong with one argument. */
export interface FieldProblem {
  argument: string;
  message: string;
  allowed?: string | null;
}

/** The API refused or failed an operation. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** Such as `Conflict`; null where the API gives none. */
  readonly type: string | null;
  readonly fields: readonly FieldProblem[];

  /** @param request_id what a fault on the other side is found by; people quote it */
  constructor(entries: readonly ErrorEntry[], request_id: string | null = null) {
    super(textOf(entries, request_id));
    this.type = entries[0]?.errorType ?? null;
    this.fields = entries.flatMap(({ errorInfo }) => errorInfo?.fields ?? []);
  }
}

function textOf(entries: readonly ErrorEntry[], request_id: string | null): string {
  const said = entries.map(({ message }) => message).join(' ') || 'The API gave no data.';
  const isFault = entries.some(({ errorType }) => errorType === 'Internal');
  return isFault && request_id !== null ? `${said} Request ${request_id}.` : said;
}

/** The session is over, or there never was one. */
export class SignedOut extends Error {
  override readonly name = 'SignedOut';

  constructor(options?: ErrorOptions) {
    super('Your session is over: sign in again.', options);
  }
}

/** There was no answer: the network or the system is down. */
export class NotReachable extends Error {
  override readonly name = 'NotReachable';

  constructor(options?: ErrorOptions) {
    super('The system can’t be reached. Check the connection, then try again.', options);
  }
}
