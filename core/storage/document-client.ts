import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { UnstorableInput } from './failure.ts';

// The SDK's type wants the wrapper class or a bigint; a plain number is what `wrapNumbers: false`
// would give.
function parseNumber(text: string): bigint {
  const value = Number(text);
  const fits = !Number.isInteger(value) || Number.isSafeInteger(value);
  return (fits ? value : BigInt(text)) as bigint;
}

/**
 * How numbers of items become Number or BigInt, for whoever reads items without the document
 * client.
 */
export const UNMARSHALL_OPTIONS = { wrapNumbers: parseNumber };

const MARSHALL_OPTIONS = { removeUndefinedValues: true };

/**
 * The document client that all storage code uses. Integers past 2^53−1 come back as BigInt, every
 * other number as Number: pass values that can grow through {@link toBigInt}. The SDK itself
 * retries once only; the callers own retries, because they know what may safely be repeated.
 */
export function makeDocumentClient(config: DynamoDBClientConfig = {}): DynamoDBDocumentClient {
  const client = new DynamoDBClient({ maxAttempts: 2, ...config });
  nameUnstorableInput(client);
  return DynamoDBDocumentClient.from(client, {
    // Copies: the client writes its own settings into what it is given.
    marshallOptions: { ...MARSHALL_OPTIONS },
    unmarshallOptions: { ...UNMARSHALL_OPTIONS },
  });
}

/**
 * What the SDK throws when it can't write a value (a number out of its range, a type that it
 * doesn't know) has no name of its own, and would look like a fault of the whole program. It
 * becomes an {@link UnstorableInput}. Other failures before a request, such as missing credentials,
 * stay as they are.
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
