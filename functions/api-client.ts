import { signedBy } from '../core/appsync/authorizer.ts';
import { type GraphqlClient, graphqlClient } from '../core/appsync/graphql-client.ts';
import type { PostFailure } from '../core/appsync/post-json.ts';
import { makeSignPost, type SigningCredentials } from '../core/appsync/sign-post.ts';

/** Timeout of one call, milliseconds. */
const CALL_LIMIT_MS = 10_000;

/** The API's address, and the credentials of the function's role. */
interface Environment extends RoleEnvironment {
  GRAPHQL_URL: string;
}

interface RoleEnvironment {
  AWS_REGION: string;
  AWS_ACCESS_KEY_ID: string;
  AWS_SECRET_ACCESS_KEY: string;
  AWS_SESSION_TOKEN?: string | undefined;
}

/** The credentials of the function's role, for signing. */
export function roleCredentials(environment: RoleEnvironment): SigningCredentials {
  return {
    accessKeyId: environment.AWS_ACCESS_KEY_ID,
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
    sessionToken: environment.AWS_SESSION_TOKEN,
  };
}

/** A client of the GraphQL API that signs requests with the function's role. */
export function makeApiClient(environment: Environment): GraphqlClient {
  const sign = makeSignPost({
    region: environment.AWS_REGION,
    credentials: async () => roleCredentials(environment),
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
