import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import { auditAction } from '../../audit/audit-action.ts';
import { readItems } from '../../storage/batch-get.ts';
import { keyText } from '../../storage/item.ts';
import { conditionOf } from '../../storage/item-update.ts';
import { ConditionFailed, outOfTime, repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { transact } from '../../storage/transact.ts';
import { type BaselineCounts, coversPolicy, readResets } from '../figures/baselines.ts';
import { readLaneItemsOfEdge } from '../figures/read-lanes.ts';
import { readResetBoots } from '../figures/reset-boots.ts';
import type { Boot } from '../lane/boot.ts';
import { estimatedOf } from '../lane/boot-counts.ts';
import { bootKey } from '../lane-keys.ts';
import { bootOfItem } from '../packing/boot-item.ts';
import { decodeLane } from '../packing/lane-codec.ts';
import { addTo, packCorrection, type VoidedInReset, type VoidedPair } from './correction-counts.ts';
import {
  type CorrectionHead,
  correctionChunkPartition,
  correctionItem,
  correctionKey,
  correctionOfItem,
} from './corrections.ts';
import { freezeBoot } from './freeze-boot.ts';
import { endRunning, forgetRunning, type RunningVoid } from './running-voids.ts';
import type { OnVoided, VoidDone } from './void-done.ts';

/**
 * Completes a void that has begun: freezes the boot, stores its counts, and puts the head that
 * makes them count. It may be killed at any point, run again, and run several times at once: one
 * run puts the head.
 *
 * @returns undefined if another run has done it
 * @throws PackedDataUnreadable · Conflict or Throttled at the deadline
 */
export async function finishVoid(
  context: StoreContext,
  running: RunningVoid,
  onVoided: OnVoided = () => [],
): Promise<VoidDone | undefined> {
  const { tables } = context;
  const { audit_id, actor, edge_id, boot_id, was_current } = running;
  const parts = await freezeBoot(context, running);
  const boots = await readBoots(context, running, parts);
  const pairs = [...boots].flatMap(([part, boot]) => pairsOf(part, boot));
  const { resets, in_resets } = await readInResets(context, running, pairs);
  const chunks = packCorrection({ pairs, in_resets });
  const run = ulid(context.clock());
  for (const [index, data] of chunks.entries()) {
    const Item = {
      pk: correctionChunkPartition({ audit_id, run }),
      sk: String(index).padStart(6, '0'),
      data,
    };
    await repeatUntil(context, () =>
      context.client.send(new PutCommand({ TableName: tables.traffic, Item })),
    );
  }
  const { site_id, last_heard_at_ms } = await lastHeard(context, edge_id);
  const lasts = [...boots.values()].map(boot => boot.last_heard_at_ms ?? last_heard_at_ms);
  const at = context.clock();
  const head: CorrectionHead = {
    ...{ audit_id, at, edge_id, boot_id, site_id },
    first_heard_at_ms: running.first_heard_at_ms,
    last_heard_at_ms: Math.max(running.first_heard_at_ms, ...lasts),
    ...{ resets, run, chunks: chunks.length, undone: false },
  };
  const done: VoidDone = { ...head, ...sumOf(pairs), was_current };
  const audit = auditAction(
    tables,
    { audit_id, started_ms: running.at },
    {
      actor,
      operation: 'voidBoot',
      target: `edge:${edge_id}`,
      reverses: running.reverses,
      before: { boot_id, packets: String(done.packets), bytes: String(done.bytes), policies: done.policies },
      after: { boot_id, voided: true },
      event: { type: 'BOOT_VOIDED', site_id: null, site_seq: null, data: { edge_id, boot_id, audit_id } },
    },
  );
  const isNew = conditionOf({ expression: 'attribute_not_exists(#pk)' });
  try {
    await transact(
      context.client,
      [
        { Put: { TableName: tables.traffic, Item: correctionItem(head), ...isNew } },
        endRunning(context, audit_id),
        ...(was_current ? onVoided({ edge_id, boot_id }) : []),
        audit,
      ],
      context,
    );
  } catch (cause) {
    if (!(cause instanceof ConditionFailed)) throw cause;
    const put = await readHead(context, audit_id);
    if (!put) throw outOfTime({ kind: 'condition', cause });
    // The head may be this run's own, put by a call whose answer was lost.
    if (put.run !== run) return undefined;
  }
  await forgetRunning(context, audit_id);
  return done;
}

async function readHead(
  { client, tables, ...retrying }: StoreContext,
  audit_id: string,
): Promise<CorrectionHead | undefined> {
  const read = { TableName: tables.traffic, Key: correctionKey(audit_id), ConsistentRead: true };
  const { Item } = await repeatUntil(retrying, () => client.send(new GetCommand(read)));
  return Item && correctionOfItem(Item);
}

/** The boot's items, which are frozen, by part. */
async function readBoots(
  context: StoreContext,
  { edge_id, boot_id }: RunningVoid,
  parts: readonly number[],
): Promise<Map<number, Boot>> {
  const keys = new Map(parts.map(part => [part, bootKey(edge_id, part, boot_id)]));
  const items = await readItems([...keys.values()], { ...context, table: context.tables.traffic });
  const boots = new Map<number, Boot>();
  for (const [part, key] of keys) {
    const item = items.get(keyText(key));
    if (item) boots.set(part, bootOfItem(boot_id, item));
  }
  return boots;
}

function pairsOf(part: number, { pairs }: Boot): VoidedPair[] {
  return Array.from(pairs.values(), pair => ({
    ...{ part, policy_id: pair.policy_id, endpoint_id: pair.endpoint_id },
    ...{ packets: pair.packets, bytes: pair.bytes, estimated_bytes: estimatedOf(pair) },
  }));
}

/**
 * The counts of the boot that each reset contains, of resets since the boot's first report. Of
 * parts that were running the boot these are the counts at that time, of all others all. Undone
 * resets are included: an undo of a later reset shows the ones before it.
 */
async function readInResets(
  context: StoreContext,
  { edge_id, boot_id, first_heard_at_ms }: RunningVoid,
  pairs: readonly VoidedPair[],
): Promise<{ resets: string[]; in_resets: VoidedInReset[] }> {
  const { client, tables } = context;
  const all = await repeatUntil(context, () => readResets(client, tables));
  const since = all.filter(({ at }) => at >= first_heard_at_ms);
  const in_resets: VoidedInReset[] = [];
  for (const reset of since) {
    const { audit_id, chunks_id } = reset;
    const running = await repeatUntil(context, () =>
      readResetBoots(context, chunks_id, { edge_id, boot_id }),
    );
    const contained = new Map<string, BaselineCounts>();
    for (const pair of pairs) {
      if (!running.has(pair.part)) addTo(contained, pair.policy_id, pair);
    }
    for (const { policies } of running.values()) {
      for (const [policy_id, counts] of policies) addTo(contained, policy_id, counts);
    }
    for (const [policy_id, counts] of contained) {
      if (coversPolicy(reset, policy_id)) in_resets.push({ reset: audit_id, policy_id, ...counts });
    }
  }
  return { resets: since.map(({ audit_id }) => audit_id), in_resets };
}

/** The edge's site, and when its last report arrived. */
async function lastHeard(
  context: StoreContext,
  edge_id: string,
): Promise<{ site_id: string; last_heard_at_ms: number }> {
  const { client, tables } = context;
  const items = await repeatUntil(context, () => readLaneItemsOfEdge(client, tables, edge_id));
  const lanes = items.map(item => decodeLane(item, item.data));
  const newest = lanes.reduce((a, b) => (b.last_heard_at_ms > a.last_heard_at_ms ? b : a));
  return { site_id: newest.site_id, last_heard_at_ms: newest.last_heard_at_ms };
}

function sumOf(pairs: readonly VoidedPair[]): Pick<VoidDone, 'packets' | 'bytes' | 'policies'> {
  return {
    packets: pairs.reduce((sum, pair) => sum + pair.packets, 0n),
    bytes: pairs.reduce((sum, pair) => sum + pair.bytes, 0n),
    policies: new Set(pairs.map(({ policy_id }) => policy_id)).size,
  };
}
