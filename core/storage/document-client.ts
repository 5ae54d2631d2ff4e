import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { UnstorableInput } from './failure.ts';

// The SDK's type is the wrapper class or a bigint. A plain number is the result of
// `wrapNumbers: false`.
function parseNumber(text: string): bigint {
  const value = Number(text);
  const fits = !Number.isInteger(value) || Number.isSafeInteger(value);
  return (fits ? value : BigInt(text)) as bigint;
}

/** How numbers of items become Number or BigInt, for readers without the document client. */
export const UNMARSHALL_OPTIONS = { wrapNumbers: parseNumber };

const MARSHALL_OPTIONS = { removeUndefinedValues: true };

/**
 * The document client of all storage code. Integers past 2^53−1 are read as BigInt, every other
 * number as Number: use {@link toBigInt} for values that can grow. The SDK retries once. Further
 * retries are the callers' task, because they know what may safely be repeated.
 */
export function makeDocumentClient(config: DynamoDBClientConfig = {}): DynamoDBDocumentClient {
  const client = new DynamoDBClient({ maxAttempts: 2, ...config });
  nameUnstorableInput(client);
  // It copies each input and output for a logger that there isn't.
  client.middlewareStack.remove('loggerMiddleware');
  return DynamoDBDocumentClient.from(client, {
    // Copies, because the client writes its own settings into these objects.
    marshallOptions: { ...MARSHALL_OPTIONS },
    unmarshallOptions: { ...UNMARSHALL_OPTIONS },
  });
}

/**
 * Turns the SDK's error about a value that it can't write (a number out of its range, an unknown
 * type) into an {@link UnstorableInput}. That error has no name, so it would look like a fault of
 * the whole program. Other failures before a request, such as missing credentials, stay as they
 * are.
 */
function nameUnstorableInput(client: DynamoDBClient): void {
  client.middlewareStack.add(
    next => async args => {
      try {
        return await next(args);
      } catch (cause) {
        const wasSent = (cause as { $metadata?: unknown }).$metadata !== undefined;
        throw wasSent || isStorable(args.input) ? cause : new UnstorableInput(cause);
      }
    },
    { name: 'nameUnstorableInput', step: 'initialize' },
  );
}

function isStorable(input: object): boolean {
  try {
    marshall(input, MARSHALL_OPTIONS);
    return true;
  } catch {
    return false;
  }
}

/** A stored number that may be past 2^53, as BigInt. A missing attribute is 0. */
export function toBigInt(value: number | bigint | undefined): bigint {
  return value === undefined ? 0n : BigInt(value);
}
