import { SignatureV4 } from '@smithy/signature-v4';
import { Sha256 } from '../digest.ts';

/** IAM credentials; those of a role have a session token. */
export interface SigningCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}

/**
 * Signs a POST of `body` to `url`. Returns the headers to send: those of the signature, and
 * `headers`.
 */
export type SignPost = (
  url: URL,
  body: string,
  headers?: Record<string, string>,
) => Promise<Record<string, string>>;

/**
 * Signs posts to AppSync, or to another service of AWS (AWS Signature Version 4). Credentials are
 * read for each request, because roles renew them.
 */
export function makeSignPost({
  region,
  credentials,
  service = 'appsync',
}: {
  region: string;
  service?: string;
  credentials: () => Promise<SigningCredentials>;
}): SignPost {
  const signer = new SignatureV4({
    service,
    region,
    credentials: async () => {
      const { sessionToken, ...keys } = await credentials();
      return { ...keys, ...(sessionToken && { sessionToken }) };
    },
    sha256: Sha256,
  });
  return async (url, body, headers = {}) => {
    const signed = await signer.sign({
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port && { port: Number(url.port) }),
      path: url.pathname,
      headers: { host: url.host, 'content-type': 'application/json', ...headers },
      body,
    });
    return signed.headers;
  };
}
