import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import type { StreamChange } from '../../core/events/stream-change.ts';
import { UNMARSHALL_OPTIONS } from '../../core/storage/document-client.ts';

/** Converts a record of the table's stream to plain values. */
export function toChange({ eventName, dynamodb }: DynamoDBRecord): StreamChange {
  const keys = plain(dynamodb?.Keys);
  return {
    kind: eventName ?? 'MODIFY',
    pk: String(keys?.pk),
    sk: String(keys?.sk),
    before: plain(dynamodb?.OldImage),
    after: plain(dynamodb?.NewImage),
    at_ms: (dynamodb?.ApproximateCreationDateTime ?? 0) * 1000,
  };
}

/** The request that made a change, if the item contains it. */
export function requestIdOf({ before, after }: StreamChange): string | undefined {
  const { actor } = (after ?? before ?? {}) as { actor?: { request_id?: string | null } };
  return actor?.request_id ?? undefined;
}

function plain(image: unknown): Record<string, unknown> | undefined {
  return image === undefined
    ? undefined
    : unmarshall(image as Record<string, AttributeValue>, UNMARSHALL_OPTIONS);
}
