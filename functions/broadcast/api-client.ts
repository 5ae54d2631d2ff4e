import { signedBy } from '../../core/appsync/authorizer.ts';
import { type GraphqlClient, graphqlClient } from '../../core/appsync/graphql-client.ts';
import type { PostFailure } from '../../core/appsync/post-json.ts';
import { makeSignPost } from '../../core/appsync/sign-post.ts';
import type { Environment } from './environment.ts';

/** Time-out of one call, milliseconds. */
const CALL_LIMIT_MS = 10_000;

/** A client of the GraphQL API, signed as the function's role. */
export function makeApiClient(environment: Environment): GraphqlClient {
  const sign = makeSignPost({
    region: environment.AWS_REGION,
    credentials: async () => ({
      accessKeyId: environment.AWS_ACCESS_KEY_ID,
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
      sessionToken: environment.AWS_SESSION_TOKEN,
    }),
  });
  return graphqlClient({
    url: environment.GRAPHQL_URL,
    authorizer: signedBy(sign),
    timeout_ms: CALL_LIMIT_MS,
    errorOf,
  });
}

function errorOf(failure: PostFailure): Error {
  if (failure.kind === 'no answer') return failure.cause as Error;
  const { status, text } = failure;
  return failure.kind === 'refused' && status < 300
    ? new Error(`The API refused the mutation: ${failure.messages[0]}`)
    : new Error(`The API answered ${status}: ${text.slice(0, 500)}`);
}
