import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { LOCAL_CREDENTIALS } from '../../core/local-credentials.ts';

/** What an edge signs with: the role whose session bears its id. */
export interface EdgeCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** Signs a POST of `body` to `url`; gives the headers to send. */
export type SignPost = (
  url: URL,
  body: string,
  headers?: Record<string, string>,
) => Promise<Record<string, string>>;

/** Signs as AWS asks for (Signature Version 4, service `appsync`). Credentials are asked for each time: roles renew them. */
export function edgeSigner({
  region,
  credentials,
}: {
  region: string;
  credentials: () => Promise<EdgeCredentials>;
}): SignPost {
  const signer = new SignatureV4({ service: 'appsync', region, credentials, sha256: Sha256 });
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

/** Credentials of an edge of the local system, which tells edges apart by the access key's id. */
export function localEdgeCredentials(edge_id: string): EdgeCredentials {
  return {
    ...LOCAL_CREDENTIALS,
    accessKeyId: `${LOCAL_CREDENTIALS.accessKeyId}~${encodeURIComponent(edge_id)}`,
  };
}

type Bytes = string | ArrayBuffer | ArrayBufferView;

class Sha256 {
  readonly #hash;

  constructor(secret?: Bytes) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', toBuffer(secret));
  }

  update(data: Bytes): void {
    this.#hash.update(toBuffer(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

function toBuffer(data: Bytes): Buffer {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.from(data);
}
