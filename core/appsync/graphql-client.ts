import { type Sleep, systemSleep } from '../time/clock.ts';
import type { Authorizer } from './authorizer.ts';
import { type JsonAnswer, type PostFailure, type PostJsonOptions, postJson } from './post-json.ts';

export interface GraphqlClient {
  /** The operation's `data`. @throws the error that the client's `errorOf` makes of a failure */
  query(document: string, variables?: Record<string, unknown>): Promise<unknown>;
}

export interface GraphqlClientOptions extends Omit<PostJsonOptions, 'headers'> {
  url: string;
  authorizer: Authorizer;
  sleep?: Sleep;
}

const UNAUTHORIZED = 401;

/** Maximum number of retries of a request that the API refuses with a time to retry. */
const MAX_RETRIES = 5;

/** Maximum wait before a retry, seconds. Budgets are per minute. */
const MAX_WAIT_S = 60;

/**
 * Posts operations to a GraphQL API. If a refusal contains a time to retry, the client waits and
 * retries.
 *
 * @example const client = graphqlClient({ url, authorizer: tokenOf(token), errorOf: ({ kind }) =>
 * new Error(kind) }); const { site } = await client.query('query ($id: ID!) { site(id: $id) { name
 * } }', { id });
 */
export function graphqlClient({
  url,
  authorizer,
  sleep = systemSleep,
  ...options
}: GraphqlClientOptions): GraphqlClient {
  const post = async (body: string): Promise<JsonAnswer> =>
    postJson(url, body, { ...options, headers: await authorizer.headers(url, body) });
  return {
    async query(query, variables = {}) {
      const body = JSON.stringify({ query, variables });
      let answer = await post(body);
      if (answer.status === UNAUTHORIZED && authorizer.renew) {
        authorizer.renew();
        answer = await post(body);
      }
      for (let retries = 0; retries < MAX_RETRIES; retries++) {
        const wait_s = retryAfter(answer);
        if (wait_s === undefined) break;
        await sleep(wait_s * 1000);
        answer = await post(body);
      }
      const refusal = refusalIn(answer);
      if (refusal) throw options.errorOf(refusal);
      return (answer.json as { data?: unknown } | null)?.data;
    },
  };
}

/** Seconds to wait before a retry; undefined unless every error in the answer has such a time. */
function retryAfter({ json }: JsonAnswer): number | undefined {
  const { errors } = (json ?? {}) as { errors?: { errorInfo?: { retry_after_s?: unknown } | null }[] | null };
  if (!Array.isArray(errors) || errors.length === 0) return undefined;
  const waits = errors.map(error => error?.errorInfo?.retry_after_s);
  if (!waits.every(wait => typeof wait === 'number' && wait >= 0)) return undefined;
  return Math.min(MAX_WAIT_S, Math.max(...(waits as number[])));
}

function refusalIn({ status, text, json }: JsonAnswer): PostFailure | undefined {
  const { errors = [] } = (json ?? {}) as { errors?: { message?: string }[] | null };
  if (status < 300 && !errors?.length) return undefined;
  return { kind: 'refused', status, text, messages: (errors ?? []).flatMap(({ message }) => message ?? []) };
}
