import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { decodeTime } from 'ulid';
import { conditionOf } from '../storage/item-update.ts';
import { withTimeLimit } from '../time/time-limit.ts';
import { type Refusal, refusalEntry } from './audit-entry.ts';
import { monthOf, placeOf, refusalPartition } from './audit-keys.ts';
import { countRefusal, type RefusalCount, type RefusalStore } from './refusal-counts.ts';

/**
 * How many characters of a caller's request an entry keeps, so that refusals don't fill the table.
 */
const MAX_REQUEST_LENGTH = 4096;
const MAX_TEXT_LENGTH = 1024;

/** Time limit of writing an entry, milliseconds: see `settled_until` in docs/decisions/135. */
const PUT_MS = 15_000;

export interface AttemptRefused extends Refusal {
  /** Adds what the caller's token doesn't contain; called for one refusal a minute. */
  identify?(actor: Refusal['actor']): Promise<Refusal['actor']>;
}

/**
 * Records a refused attempt in the audit log. A caller's first attempt of its kind in a minute gets
 * an entry at once. The others of the minute are counted, and clean-up writes one entry for them
 * (`sumRefusals`).
 *
 * @returns the id of the present or future entry
 */
export async function recordRefusal(
  store: RefusalStore,
  { identify = async actor => actor, ...refusal }: AttemptRefused,
): Promise<string> {
  const counted = await countRefusal(store, refusal);
  if (counted.count > 1) return counted.rest_id;
  await putEntry(store, counted, { ...refusal, actor: await identify(refusal.actor) });
  return counted.first_id;
}

async function putEntry(
  { client, tables }: RefusalStore,
  { first_id: audit_id }: RefusalCount,
  { target, message, request, ...refusal }: Refusal,
): Promise<void> {
  const started_ms = decodeTime(audit_id);
  const entry = refusalEntry(
    { audit_id, started_ms },
    {
      ...refusal,
      target: target && cut(target),
      message: cut(message),
      request: bounded(request),
    },
  );
  const command = new PutCommand({
    TableName: tables.audit,
    Item: {
      pk: refusalPartition(monthOf(started_ms)),
      sk: placeOf({ at_ms: started_ms, id: audit_id }),
      ...entry,
    },
    ...conditionOf({ expression: 'attribute_not_exists(#pk)' }),
  });
  try {
    await withTimeLimit(PUT_MS, abortSignal => client.send(command, { abortSignal }));
  } catch (cause) {
    // The SDK repeated a Put whose answer was lost.
    if ((cause as Error).name !== 'ConditionalCheckFailedException') throw cause;
  }
}

function bounded(request: unknown): unknown {
  const text = JSON.stringify(request) ?? 'null';
  return text.length <= MAX_REQUEST_LENGTH ? request : { cut_off: text.slice(0, MAX_REQUEST_LENGTH) };
}

function cut(text: string): string {
  return text.length <= MAX_TEXT_LENGTH ? text : `${text.slice(0, MAX_TEXT_LENGTH)}…`;
}
