import type { Authorizer } from './authorizer.ts';
import { type JsonAnswer, type PostFailure, type PostJsonOptions, postJson } from './post-json.ts';

export interface GraphqlClient {
  /** The operation's `data`. @throws what the client's `errorOf` makes of a failure */
  query(document: string, variables?: Record<string, unknown>): Promise<unknown>;
}

export interface GraphqlClientOptions extends Omit<PostJsonOptions, 'headers'> {
  url: string;
  authorizer: Authorizer;
}

const UNAUTHORIZED = 401;

/**
 * Posts operations to a GraphQL API.
 *
 * @example
 * const client = graphqlClient({ url, authorizer: tokenOf(token), errorOf: ({ kind }) => new Error(kind) });
 * const { site } = await client.query('query ($id: ID!) { site(id: $id) { name } }', { id });
 */
export function graphqlClient({ url, authorizer, ...options }: GraphqlClientOptions): GraphqlClient {
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
      const refusal = refusalIn(answer);
      if (refusal) throw options.errorOf(refusal);
      return (answer.json as { data?: unknown } | null)?.data;
    },
  };
}

function refusalIn({ status, text, json }: JsonAnswer): PostFailure | undefined {
  const { errors = [] } = (json ?? {}) as { errors?: { message?: string }[] | null };
  if (status < 300 && !errors?.length) return undefined;
  return { kind: 'refused', status, text, messages: (errors ?? []).flatMap(({ message }) => message ?? []) };
}
