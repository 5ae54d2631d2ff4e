import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

// The SDK's type wants the wrapper class or a bigint; a plain number is what `wrapNumbers: false` would give.
function parseNumber(text: string): bigint {
  const value = Number(text);
  const fits = !Number.isInteger(value) || Number.isSafeInteger(value);
  return (fits ? value : BigInt(text)) as bigint;
}

/** How numbers of items become Number or BigInt, for whoever reads items without the document client. */
export const UNMARSHALL_OPTIONS = { wrapNumbers: parseNumber };

/**
 * The document client that all storage code uses. Integers past 2^53−1 come back as BigInt, every other number as
 * Number: pass values that can grow through {@link toBigInt}. The SDK itself retries once only; the callers own retries,
 * because they know what may safely be repeated.
 */
export function makeDocumentClient(config: DynamoDBClientConfig = {}): DynamoDBDocumentClient {
  const client = new DynamoDBClient({ maxAttempts: 2, ...config });
  return DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true },
    // A copy: the client writes its own settings into what it is given.
    unmarshallOptions: { ...UNMARSHALL_OPTIONS },
  });
}

/** A stored number that may be past 2^53, as BigInt. A missing attribute is 0. */
export function toBigInt(value: number | bigint | undefined): bigint {
  return value === undefined ? 0n : BigInt(value);
}
