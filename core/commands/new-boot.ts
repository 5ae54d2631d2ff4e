import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { conditionOf } from '../storage/item-update.ts';
import { readItem } from '../storage/parse-item.ts';
import { ConditionFailed, repeatUntil } from '../storage/retrying.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { TTL_ATTRIBUTE } from '../storage/tables.ts';
import type { WriteAction } from '../storage/write-action.ts';
import { commandAction, commandKey } from './command-store.ts';
import { NEW_BOOT_AFTER, type NewBootOrder } from './edge-command.ts';

/** A report that was refused because it contradicts earlier reports of its boot. */
export interface RefusedReport {
  edge_id: string;
  boot_id: string;
  part: number;
  seq: number;
  /** Why it was refused, for people. */
  reason: string;
}

/** Edges that are notified in one call; the others are notified with their next refused report. */
const EDGES_AT_ONCE = 50;

const newBootSchema = z.object({
  id: z.string(),
  [TTL_ATTRIBUTE]: z.coerce.number().optional(),
  data: z.object({
    boot_id: z.string(),
    contradictions: z.number(),
    reason: z.string(),
    reports: z.array(z.string()).default([]),
  }),
});

/**
 * Notifies edges of their refused reports; after three of them an edge begins a new boot. A report
 * counts once, also when it is passed repeatedly. At most one such command is pending for an edge;
 * it has the number of refused reports.
 */
export async function notifyRefusedBoots(
  context: StoreContext,
  refused: readonly RefusedReport[],
): Promise<void> {
  const byEdge = Map.groupBy(refused, ({ edge_id }) => edge_id);
  const edges = [...byEdge.values()].slice(0, EDGES_AT_ONCE);
  await Promise.all(edges.map(reports => notifyEdge(context, reports)));
}

/**
 * The refused reports of which an edge was notified and which it has not acknowledged; undefined:
 * none.
 */
export async function readRefusedBoot(
  context: StoreContext,
  edge_id: string,
): Promise<NewBootOrder | undefined> {
  return pendingOf(context, await readStored(context, edge_id))?.data;
}

/**
 * The action that orders an edge to begin a new boot in place of a voided one, for the transaction
 * that voids it.
 */
export function voidedBootAction(
  context: Pick<StoreContext, 'tables' | 'clock'>,
  { edge_id, boot_id }: Pick<RefusedReport, 'edge_id' | 'boot_id'>,
): WriteAction {
  const reason = 'An administrator has voided the boot: its counts are no longer part of any figure.';
  const data = { boot_id, contradictions: NEW_BOOT_AFTER, reason };
  return commandAction(context, edge_id, { type: 'NEW_BOOT', data }).action;
}

type StoredCommand = z.infer<typeof newBootSchema>;

const readStored = (context: StoreContext, edge_id: string): Promise<StoredCommand | undefined> =>
  readItem(context, commandKey(edge_id, 'NEW_BOOT'), newBootSchema);

// DynamoDB deletes expired commands late.
function pendingOf({ clock }: StoreContext, stored: StoredCommand | undefined): StoredCommand | undefined {
  const expires_at = stored?.[TTL_ATTRIBUTE] ?? Number.POSITIVE_INFINITY;
  return expires_at * 1000 <= clock() ? undefined : stored;
}

async function notifyEdge(context: StoreContext, reports: readonly RefusedReport[]): Promise<void> {
  const { edge_id, boot_id, reason } = reports.at(-1)!;
  const stored = await readStored(context, edge_id);
  const pending = pendingOf(context, stored);
  const known = pending?.data.boot_id === boot_id ? pending.data.reports : [];
  const names = reports.filter(report => report.boot_id === boot_id).map(({ part, seq }) => `${part}#${seq}`);
  const all = [...new Set([...known, ...names])].slice(0, NEW_BOOT_AFTER);
  if (all.length === known.length) return;
  const data = { boot_id, contradictions: all.length, reason, reports: all };
  const { Put } = commandAction(context, edge_id, { type: 'NEW_BOOT', data }).action;
  const condition = conditionOf(
    stored
      ? { expression: '#id = :was', values: { was: stored.id } }
      : { expression: 'attribute_not_exists(#pk)' },
  );
  try {
    await repeatUntil(context, () => context.client.send(new PutCommand({ ...Put, ...condition })));
  } catch (cause) {
    // Another call has stored a command with other reports; the next refused report adds to those.
    if (!(cause instanceof ConditionFailed)) throw cause;
  }
}
