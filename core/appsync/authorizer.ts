import type { SignPost } from './sign-post.ts';

/** The credentials of a GraphQL client. */
export interface Authorizer {
  /** The headers that authorize a POST of `body` to `url`. */
  headers(url: string, body: string): Promise<Record<string, string>>;
  /** Drops a token that the API refused (status 401). The request is then sent once more. */
  renew?(): void;
}

/** Authorizes with IAM credentials. */
export function signedBy(sign: SignPost): Authorizer {
  return { headers: (url, body) => sign(new URL(url), body) };
}

/** Authorizes with a token of a signed-in person. `token` may cache it. */
export function tokenOf(token: () => Promise<string>): Authorizer {
  return { headers: async () => ({ authorization: await token() }) };
}

/** Authorizes with a token that is fetched at the first call, and again when the API refuses it. */
export function renewedToken(fetchToken: () => Promise<string>): Authorizer {
  let token: Promise<string> | undefined;
  return {
    async headers() {
      token ??= fetchToken();
      return { authorization: await token };
    },
    renew() {
      token = undefined;
    },
  };
}
