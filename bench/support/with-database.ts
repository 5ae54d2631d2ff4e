import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { LOCAL_CREDENTIALS } from '../../core/local-credentials.ts';
import { makeDocumentClient } from '../../core/storage/document-client.ts';
import { startDynamoDb } from '../../local/engines/dynamodb.ts';

/**
 * Runs `work` on a new DynamoDB Local, which is stopped afterwards. `heapMiB` is its largest heap.
 */
export async function withDatabase<Result>(
  work: (client: DynamoDBDocumentClient) => Promise<Result>,
  options: { heapMiB?: number } = {},
): Promise<Result> {
  const dynamodb = await startDynamoDb(options);
  const client = makeDocumentClient({
    endpoint: dynamodb.endpoint,
    region: 'eu-central-1',
    credentials: LOCAL_CREDENTIALS,
  });
  try {
    return await work(client);
  } finally {
    client.destroy();
    await dynamodb.stop();
  }
}
