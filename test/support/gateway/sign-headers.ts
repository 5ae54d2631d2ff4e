import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LOCAL_CREDENTIALS } from '../../../core/local-credentials.ts';

export interface ToSign {
  url: string;
  body: string;
  headers?: Record<string, string>;
  secret?: string;
  accessKeyId?: string;
  region?: string;
  service?: string;
  at?: Date;
}

interface Signer {
  sign(request: object, options: object): Promise<{ headers: Record<string, string> }>;
}

/** Headers of a POST as the AWS SDK signs it for AppSync. */
export async function signHeaders(request: ToSign): Promise<Record<string, string>> {
  const {
    region = 'eu-central-1',
    service = 'appsync',
    accessKeyId = LOCAL_CREDENTIALS.accessKeyId,
    secret = LOCAL_CREDENTIALS.secretAccessKey,
    at,
  } = request;
  const client = new DynamoDBClient({ region, credentials: { accessKeyId, secretAccessKey: secret } });
  const makeSigner = client.config.signer as unknown as (scheme: object) => Promise<Signer>;
  const signer = await makeSigner({
    name: 'sigv4',
    signingName: service,
    signingRegion: region,
    properties: {},
  });
  const { protocol, hostname, port, pathname, searchParams, host } = new URL(request.url);
  const signed = await signer.sign(
    {
      method: 'POST',
      protocol,
      hostname,
      port: Number(port),
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: { host, ...request.headers },
      body: request.body,
    },
    { signingService: service, signingRegion: region, ...(at && { signingDate: at }) },
  );
  client.destroy();
  return signed.headers;
}
