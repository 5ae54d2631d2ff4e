import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { inject } from 'vitest';
import { LOCAL_CREDENTIALS } from '../../core/local-credentials.ts';
import { makeDocumentClient } from '../../core/storage/document-client.ts';
import { answerEmptyQueries, expectOtherWriters } from './empty-partitions.ts';

/** DynamoDB Local checks no signature, and signing takes a third of the time of a call. */
const UNSIGNED = {
  async sign<Request extends { headers: Record<string, string> }>(request: Request): Promise<Request> {
    const scope = `${LOCAL_CREDENTIALS.accessKeyId}/20260131/eu-central-1/dynamodb/aws4_request`;
    request.headers.authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
    return request;
  },
};

/**
 * A client of the run's DynamoDB Local. `maxAttempts: 1` leaves out the SDK's own further attempts.
 */
export function localClient(options: { maxAttempts?: number } = {}): DynamoDBDocumentClient {
  const client = makeDocumentClient({
    endpoint: inject('dynamodbEndpoint'),
    region: 'eu-central-1',
    credentials: LOCAL_CREDENTIALS,
    signer: UNSIGNED,
    ...options,
  });
  answerEmptyQueries(client);
  return client;
}

/**
 * The address of the run's DynamoDB Local, for programs and clients other than {@link localClient}.
 */
export function dynamodbEndpoint(): string {
  expectOtherWriters();
  return inject('dynamodbEndpoint');
}
