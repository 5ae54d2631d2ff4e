import { EdgeError } from '../edge-error.ts';

export interface GraphqlClientOptions {
  url: string;
  /** What goes into the Authorization header. */
  authorization: () => Promise<string>;
  fetch?: typeof globalThis.fetch;
}

export interface GraphqlClient {
  /** The operation's `data`. @throws EdgeError */
  query(document: string, variables?: Record<string, unknown>): Promise<unknown>;
}

interface GraphqlAnswer {
  data?: unknown;
  errors?: { message?: string }[];
}

const REQUEST_TIMEOUT_MS = 30_000;

/** Asks the system's GraphQL API. */
export function graphqlClient({
  url,
  authorization,
  fetch = globalThis.fetch,
}: GraphqlClientOptions): GraphqlClient {
  return {
    async query(query, variables = {}) {
      const answer = await postJson(fetch, url, {
        headers: { authorization: await authorization() },
        body: { query, variables },
      });
      const { data, errors } = answer as GraphqlAnswer;
      if (errors?.length)
        throw new EdgeError(`The system at ${url} refused: ${errors[0]?.message ?? 'no reason given'}`);
      return data;
    },
  };
}

/** Posts JSON and gives the JSON answer, whatever its status. @throws EdgeError when none comes. */
export async function postJson(
  fetch: typeof globalThis.fetch,
  url: string,
  { headers, body }: { headers: Record<string, string>; body: unknown },
): Promise<unknown> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    return await response.json();
  } catch (cause) {
    throw new EdgeError(`The system at ${url} does not answer (${causeOf(cause)}): is it running?`, {
      cause,
    });
  }
}

function causeOf(cause: unknown): string {
  const { name, cause: inner } = cause as { name?: string; cause?: { code?: string; message?: string } };
  if (name === 'SyntaxError') return 'no JSON came';
  if (name === 'TimeoutError') return `nothing came for ${REQUEST_TIMEOUT_MS / 1000} s`;
  return inner?.code ?? inner?.message ?? name ?? 'unknown error';
}
