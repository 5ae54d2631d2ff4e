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

/** A report that was refused for what its boot had reported before. */
export interface RefusedReport {
  edge_id: string;
  boot_id: string;
  part: number;
  seq: number;
  /** The sentence for people. */
  reason: string;
}

/** Edges that are told in one go; the others are told with their next report. */
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
 * Tells edges that reports of theirs were refused, each report once however often it is told: an
 * edge that has heard of three begins a new boot. One command an edge is pending at most, with
 * their number.
 */
export async function tellRefusedBoots(
  context: StoreContext,
  refused: readonly RefusedReport[],
): Promise<void> {
  const byEdge = Map.groupBy(refused, ({ edge_id }) => edge_id);
  const edges = [...byEdge.values()].slice(0, EDGES_AT_ONCE);
  await Promise.all(edges.map(reports => tellEdge(context, reports)));
}

/**
 * What an edge has been told of refused reports of a boot, and has not acknowledged; undefined:
 * nothing.
 */
export async function readRefusedBoot(
  context: StoreContext,
  edge_id: string,
): Promise<NewBootOrder | undefined> {
  return (await readPending(context, edge_id))?.data;
}

/**
 * The action that has an edge begin a new boot in place of one that was voided, for the transaction
 * by which that counts.
 */
export function voidedBootAction(
  context: Pick<StoreContext, 'tables' | 'clock'>,
  { edge_id, boot_id }: Pick<RefusedReport, 'edge_id' | 'boot_id'>,
): WriteAction {
  const reason = 'An administrator has voided the boot: what it counted is in no figure any more.';
  const data = { boot_id, contradictions: NEW_BOOT_AFTER, reason };
  return commandAction(context, edge_id, { type: 'NEW_BOOT', data }).action;
}

async function readPending(context: StoreContext, edge_id: string) {
  const item = await readItem(context, commandKey(edge_id, 'NEW_BOOT'), newBootSchema);
  const expires_at = item?.[TTL_ATTRIBUTE] ?? Number.POSITIVE_INFINITY;
  return expires_at * 1000 <= context.clock() ? undefined : item;
}

async function tellEdge(context: StoreContext, reports: readonly RefusedReport[]): Promise<void> {
  const { edge_id, boot_id, reason } = reports.at(-1)!;
  const pending = await readPending(context, edge_id);
  const told = pending?.data.boot_id === boot_id ? pending.data.reports : [];
  const names = reports.filter(report => report.boot_id === boot_id).map(({ part, seq }) => `${part}#${seq}`);
  const all = [...new Set([...told, ...names])].slice(0, NEW_BOOT_AFTER);
  if (all.length === told.length) return;
  const data = { boot_id, contradictions: all.length, reason, reports: all };
  const { Put } = commandAction(context, edge_id, { type: 'NEW_BOOT', data }).action;
  const condition = pending ? conditionOf({ expression: '#id = :was', values: { was: pending.id } }) : {};
  try {
    await repeatUntil(context, () => context.client.send(new PutCommand({ ...Put, ...condition })));
  } catch (cause) {
    // Another call has told it of other reports; the next refused report adds to those.
    if (!(cause instanceof ConditionFailed)) throw cause;
  }
}
