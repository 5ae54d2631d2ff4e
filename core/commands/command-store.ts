import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import { z } from 'zod';
import type { Item, ItemKey } from '../storage/item.ts';
import { conditionOf } from '../storage/item-update.ts';
import { parseItem } from '../storage/parse-item.ts';
import { conditionHeld, repeatUntil } from '../storage/retrying.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { queryAll } from '../storage/strong-reads.ts';
import { TTL_ATTRIBUTE } from '../storage/tables.ts';
import type { WriteAction } from '../storage/write-action.ts';
import { aboutOf, type EdgeCommand, type PendingCommand } from './edge-command.ts';

/** The beginning of every edge's partition of commands. */
export const COMMAND_PREFIX = 'COMMAND#';

const partition = (edgeId: string): string => COMMAND_PREFIX + edgeId;

/** The key of an edge's command about a subject; see `aboutOf`. */
export function commandKey(edgeId: string, about: string): ItemKey {
  return { pk: partition(edgeId), sk: about };
}

/**
 * Lifetime of commands that expire, in seconds. Every other command waits until it is acknowledged.
 */
const KEPT_SECONDS: Partial<Record<EdgeCommand['type'], number>> = { PROBE: 120, NEW_BOOT: 86_400 };

/** The action that stores a command for an edge, for the transaction with the reason for it. */
export function commandAction(
  { tables, clock }: Pick<StoreContext, 'tables' | 'clock'>,
  edgeId: string,
  command: EdgeCommand,
): { action: WriteAction & { Put: NonNullable<WriteAction['Put']> }; pending: PendingCommand } {
  const now = clock();
  const pending: PendingCommand = {
    ...command,
    id: ulid(now),
    edge_id: edgeId,
    created_at: new Date(now).toISOString(),
  };
  const kept_seconds = KEPT_SECONDS[command.type];
  const lifetime = kept_seconds !== undefined && {
    [TTL_ATTRIBUTE]: Math.ceil(now / 1000) + kept_seconds,
  };
  return {
    action: {
      Put: {
        TableName: tables.network,
        Item: { ...commandKey(edgeId, aboutOf(command)), ...pending, ...lifetime },
      },
    },
    pending,
  };
}

/** The commands that an edge has not acknowledged yet, in order of age from the oldest on. */
export async function readCommands(context: StoreContext, edgeId: string): Promise<PendingCommand[]> {
  const items = await queryAll(context, { pk: partition(edgeId) });
  const seconds = context.clock() / 1000;
  return items
    .filter(item => !(Number(item[TTL_ATTRIBUTE]) <= seconds))
    .map(toPending)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/**
 * Removes a command that an edge has done. Returns false when it no longer exists: it was
 * acknowledged already, or replaced by a newer one, which stays.
 */
export async function acknowledgeCommand(
  context: StoreContext,
  { edge_id, command_id }: { edge_id: string; command_id: string },
): Promise<boolean> {
  const pending = (await queryAll(context, { pk: partition(edge_id) })).find(item => item.id === command_id);
  if (!pending) return false;
  return conditionHeld(
    repeatUntil(context, () =>
      context.client.send(
        new DeleteCommand({
          TableName: context.tables.network,
          Key: { pk: pending.pk, sk: pending.sk },
          ...conditionOf({ expression: '#id = :command_id', values: { command_id } }),
        }),
      ),
    ),
  );
}

/** The attributes of a command in the Network table. */
const commandSchema = z.object({
  id: z.string(),
  edge_id: z.string(),
  type: z.string(),
  data: z.record(z.string(), z.unknown()),
  created_at: z.string(),
});

/**
 * Parses a stored command. Its type is not checked: this release passes on commands of a later one
 * that it does not know.
 *
 * @throws BrokenItem
 */
export function toPending(item: Item): PendingCommand {
  return parseItem(commandSchema, item) as PendingCommand;
}
