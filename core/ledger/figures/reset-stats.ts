import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import type { Caller } from '../../access/caller.ts';
import { auditAction } from '../../audit/audit-action.ts';
import { effectiveEntry } from '../../audit/undone-chain.ts';
import { Conflict, NotFound, noPolicy, quoted } from '../../errors.ts';
import { commitChange } from '../../storage/commit-change.ts';
import type { Item } from '../../storage/item.ts';
import { conditionOf, updateItem } from '../../storage/item-update.ts';
import { repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { writeBaselineChunks } from './baseline-chunks.ts';
import {
  type Baseline,
  baselineFromItem,
  baselineKey,
  COVERS_ALL,
  type Coverage,
  policyBaselineItem,
  wholeBaselineItem,
} from './baselines.ts';
import { whileShown } from './counter-generations.ts';
import { type CountersHead, readCountersHead } from './counter-slots.ts';
import { noCounts, readCounters, readCountersOf, trafficTotals } from './read-counters.ts';
import { writeResetBoots } from './reset-boots.ts';
import { beginReset, endReset } from './running-resets.ts';

export interface ResetDone {
  audit_id: string;
  /** How many policies had counts. */
  policies: number;
}

interface ResetRequest {
  actor: Caller;
}

/**
 * Shows a policy's counts from zero on: a baseline is moved, no counter is changed. The counts of
 * running boots are stored with the baseline.
 *
 * @throws NotFound for an id that is not defined and has no counts
 */
export function resetPolicyStats(
  context: StoreContext,
  { actor, policy_id, defined }: ResetRequest & { policy_id: string; defined: boolean },
): Promise<ResetDone> {
  return commitChange(context, async begun => {
    const shown = await readShownHead(context);
    const counted = await repeatUntil(context, () => readCountersOf(context, [policy_id]));
    const counts = counted.get(policy_id);
    if (!counts && !defined) throw noPolicy(policy_id);
    const { packets, bytes, estimated_bytes } = counts ?? noCounts();
    const at = context.clock();
    const audit = auditAction(context.tables, begun, {
      actor,
      operation: 'resetPolicyStats',
      target: targetOf({ all: false, policy_id }),
      after: { packets: String(packets), bytes: String(bytes) },
    });
    const chunks_id = ulid(at);
    await beginReset(context, chunks_id);
    await repeatUntil(context, () => writeResetBoots(context, chunks_id, { policy_id }));
    const baseline = { packets, bytes, estimated_bytes };
    const head = policyBaselineItem({ audit_id: begun.audit_id, at, chunks_id }, policy_id, baseline);
    return {
      actions: [
        putHead(context, head),
        whileShown(context.tables.traffic, shown),
        endReset(context, chunks_id),
        audit,
      ],
      result: { audit_id: begun.audit_id, policies: counted.size },
    };
  });
}

/**
 * Shows the counts of all policies from zero on, however many there are. Chunks with their counts
 * are written before one head makes all of them count. A run that is killed leaves chunks that
 * nothing reads, and clean-up removes them.
 */
export function resetAllStats(context: StoreContext, { actor }: ResetRequest): Promise<ResetDone> {
  const { client, tables } = context;
  return commitChange(context, async begun => {
    const shown = await readShownHead(context);
    const counted = await repeatUntil(context, () => readCounters(client, tables));
    const { packets, bytes } = trafficTotals(counted);
    const at = context.clock();
    const audit = auditAction(context.tables, begun, {
      actor,
      operation: 'resetAllStats',
      target: targetOf(COVERS_ALL),
      after: { policies: counted.size, packets: String(packets), bytes: String(bytes) },
    });
    // Each attempt has chunks of its own, because the counts may have changed.
    const chunks_id = ulid(at);
    await beginReset(context, chunks_id);
    const chunks = await writeBaselineChunks(context, chunks_id, counted);
    await repeatUntil(context, () => writeResetBoots(context, chunks_id));
    const head = wholeBaselineItem(
      { audit_id: begun.audit_id, at, chunks_id },
      { chunks, policies: counted.size },
    );
    return {
      actions: [
        putHead(context, head),
        whileShown(tables.traffic, shown),
        endReset(context, chunks_id),
        audit,
      ],
      result: { audit_id: begun.audit_id, policies: counted.size },
    };
  });
}

/**
 * Undoes a reset: figures count from the reset before it again.
 *
 * @throws NotFound when no reset has that id · Conflict when it was undone already
 */
export function undoReset(
  context: StoreContext,
  { actor, audit_id }: { actor: Caller; audit_id: string },
): Promise<{ audit_id: string; covers: Coverage }> {
  return commitChange(context, async begun => {
    const { covers, undone } = await readReset(context, audit_id);
    if (undone) throw new Conflict(`The reset ${audit_id} was undone already.`);
    const audit = auditAction(context.tables, begun, {
      actor,
      operation: 'undoReset',
      target: targetOf(covers),
      before: { reset: audit_id, undone: false },
      after: { reset: audit_id, undone: true },
      reverses: { audit_id: await effectiveEntry(context, audit_id), by_undo: false },
    });
    return {
      actions: [setUndone(context, audit_id, true), audit],
      result: { audit_id: begun.audit_id, covers },
    };
  });
}

/** The present state of a reset, by the id of its audit entry. @throws NotFound */
export async function readReset(
  context: StoreContext,
  audit_id: string,
): Promise<Pick<Baseline, 'covers' | 'undone'>> {
  const { client, tables } = context;
  const read = new GetCommand({
    TableName: tables.traffic,
    Key: baselineKey(audit_id),
    ConsistentRead: true,
  });
  const { Item } = await repeatUntil(context, () => client.send(read));
  if (!Item) throw new NotFound(`No reset has the audit id ${quoted(audit_id)}.`);
  return baselineFromItem(Item);
}

/** Undoes a reset, or redoes it. Its baseline stays the one that it was made with. */
export function setUndone({ tables }: StoreContext, audit_id: string, undone: boolean): WriteAction {
  return {
    Update: updateItem({
      table: tables.traffic,
      key: baselineKey(audit_id),
      set: { undone },
      condition: { expression: '#undone = :was', values: { was: !undone } },
    }),
  };
}

/** @throws Conflict while counters are rebuilt */
async function readShownHead(context: StoreContext): Promise<CountersHead> {
  const head = await repeatUntil(context, () => readCountersHead(context));
  if (head.building === undefined) return head;
  throw new Conflict(
    'The counters are being rebuilt (npm run recover). Reset statistics when that is done, in some minutes.',
  );
}

function putHead({ tables }: StoreContext, Item: Item): WriteAction {
  const isNew = conditionOf({ expression: 'attribute_not_exists(#pk)' });
  return { Put: { TableName: tables.traffic, Item, ...isNew } };
}

function targetOf(covers: Coverage): string {
  return covers.all ? 'policies' : `policy:${covers.policy_id}`;
}
