import { fetchAuthSession } from 'aws-amplify/auth';
import type { TadaDocumentNode } from 'gql.tada';
import { ApiError, type ErrorEntry, NotReachable, SignedOut } from './errors.ts';

/** An answer: its data, and the errors of parts that failed. */
export interface Answer<Data> {
  data: Data;
  /** Errors of single parts; their fields are null in `data`. */
  errors: ErrorEntry[];
}

export interface AskOptions {
  signal?: AbortSignal;
}

interface Body {
  data?: unknown;
  errors?: ErrorEntry[];
}

/** The address of the API; set once, from the outputs file. */
let endpoint = '/graphql';

export function setEndpoint(url: string): void {
  endpoint = url;
}

/**
 * Runs an operation as the person who is signed in.
 * @throws SignedOut when the session has ended
 * @throws NotReachable when no answer arrives
 * @throws ApiError when the answer has no data
 */
export async function ask<Data, Variables>(
  document: TadaDocumentNode<Data, Variables>,
  variables: Variables,
  { signal }: AskOptions = {},
): Promise<Answer<Data>> {
  const response = await post({ query: document, variables }, signal);
  if (response.status === 401) throw new SignedOut();
  const { data, errors = [] } = await readBody(response);
  if (data === undefined || data === null) {
    throw new ApiError(errors, response.headers.get('x-amzn-requestid'));
  }
  return { data: data as Data, errors };
}

async function accessToken(): Promise<string> {
  const { tokens } = await fetchAuthSession().catch(cause => {
    throw isOffline(cause) ? new NotReachable({ cause }) : new SignedOut({ cause });
  });
  if (!tokens) throw new SignedOut();
  return tokens.accessToken.toString();
}

function isOffline(cause: unknown): boolean {
  return cause instanceof Error && (cause.name === 'NetworkError' || cause instanceof TypeError);
}

/**
 * Sends an operation unchanged, with the token of the person who is signed in.
 * @throws SignedOut, NotReachable
 */
export async function post(operation: object, signal?: AbortSignal): Promise<Response> {
  const authorization = await accessToken();
  try {
    return await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify(operation),
      ...(signal && { signal }),
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new NotReachable({ cause });
  }
}

async function readBody(response: Response): Promise<Body> {
  try {
    return (await response.json()) as Body;
  } catch (cause) {
    throw new NotReachable({ cause });
  }
}
