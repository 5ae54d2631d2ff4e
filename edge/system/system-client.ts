import type { Authorizer } from '../../core/appsync/authorizer.ts';
import { type GraphqlClient, graphqlClient } from '../../core/appsync/graphql-client.ts';
import type { PostFailure } from '../../core/appsync/post-json.ts';
import { EdgeError } from '../edge-error.ts';

export interface SystemClientOptions {
  /** GraphQL address, or a function that finds it for each query. */
  url: string | (() => Promise<string>);
  authorizer: Authorizer;
  fetch?: typeof globalThis.fetch;
}

/** A client of the system's GraphQL API. Its failures are EdgeErrors. */
export function systemClient({ url, ...options }: SystemClientOptions): GraphqlClient {
  const clientAt = (at: string) => graphqlClient({ ...options, url: at, errorOf: systemError(at) });
  if (typeof url === 'string') return clientAt(url);
  return { query: async (document, variables) => clientAt(await url()).query(document, variables) };
}

/** The system answered with a refusal. */
export class SystemRefused extends EdgeError {}

/**
 * Makes the error for the person at the terminal if the system at `url` does not answer or refuses.
 */
export function systemError(url: string): (failure: PostFailure) => EdgeError {
  return failure => {
    if (failure.kind === 'refused')
      return new SystemRefused(`The system at ${url} refused: ${failure.messages[0] ?? 'no reason given'}`);
    const { cause } = failure;
    const reason = failure.kind === 'no JSON' ? 'the answer was not JSON' : failure.reason;
    return new EdgeError(`The system at ${url} does not answer (${reason}): is it running?`, { cause });
  };
}
