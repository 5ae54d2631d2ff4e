/** An entry of `errors` in an answer of the API. */
export interface ErrorEntry {
  message: string;
  errorType?: string;
  /** The path of the failed field, from the root of the operation. */
  path?: (string | number)[] | null;
  errorInfo?: { fields?: FieldProblem[]; retry_after_s?: number } | null;
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
  /** After how many seconds the API allows the operation; undefined: it did not say. */
  readonly retry_after_s: number | undefined;

  /** @param request_id identifies the request in the server's logs; people quote it */
  constructor(entries: readonly ErrorEntry[], request_id: string | null = null) {
    super(textOf(entries, request_id));
    this.type = entries[0]?.errorType ?? null;
    this.fields = entries.flatMap(({ errorInfo }) => errorInfo?.fields ?? []);
    this.retry_after_s = retryAfter(entries);
  }
}

/** The longest time that an error says to wait, seconds; undefined if none says one. */
export function retryAfter(entries: readonly ErrorEntry[]): number | undefined {
  const waits = entries.flatMap(({ errorInfo }) => errorInfo?.retry_after_s ?? []);
  return waits.length > 0 ? Math.max(...waits) : undefined;
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
