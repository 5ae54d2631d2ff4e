/** An entry of `errors` in an answer of the API. */
export interface ErrorEntry {
  message: string;
  errorType?: string;
  /** The path of the failed field, from the root of the operation. */
  path?: (string | number)[] | null;
  errorInfo?: { fields?: FieldProblem[] } | null;
}

/** The error of one argument. */
export interface FieldProblem {
  argument: string;
  message: string;
  allowed?: string | null;
}

/** The API refused an operation, or it failed. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** Such as `Conflict`; null if the API gives none. */
  readonly type: string | null;
  readonly fields: readonly FieldProblem[];

  /** @param request_id identifies the request in the server's logs; people quote it */
  constructor(entries: readonly ErrorEntry[], request_id: string | null = null) {
    super(textOf(entries, request_id));
    this.type = entries[0]?.errorType ?? null;
    this.fields = entries.flatMap(({ errorInfo }) => errorInfo?.fields ?? []);
  }
}

function textOf(entries: readonly ErrorEntry[], request_id: string | null): string {
  const said = entries.map(({ message }) => message).join(' ') || 'The API returned no data.';
  const isFault = entries.some(({ errorType }) => errorType === 'Internal');
  return isFault && request_id !== null ? `${said} Request ${request_id}.` : said;
}

/** The session has ended, or there was none. */
export class SignedOut extends Error {
  override readonly name = 'SignedOut';

  constructor(options?: ErrorOptions) {
    super('Your session has ended: sign in again.', options);
  }
}

/** No answer arrived: the network or the system is down. */
export class NotReachable extends Error {
  override readonly name = 'NotReachable';

  constructor(options?: ErrorOptions) {
    super('The system cannot be reached. Check the connection, then try again.', options);
  }
}
