import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Caller } from '../../access/caller.ts';
import type { Reversal } from '../../audit/audit-entry.ts';
import { refuseUndone } from '../../audit/undone-chain.ts';
import { Conflict, NotFound, quoted } from '../../errors.ts';
import { readItems } from '../../storage/batch-get.ts';
import { commitChange } from '../../storage/commit-change.ts';
import { repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { readLaneItemsOfEdge } from '../figures/read-lanes.ts';
import type { Lane } from '../lane/lane.ts';
import { bootKey } from '../lane-keys.ts';
import { decodeLane } from '../packing/lane-codec.ts';
import { PackedDataUnreadable, readOrUnreadable } from '../packing/packed-item.ts';
import { finishVoid } from './finish-void.ts';
import { beginRunning, type RunningVoid, runningVoidKey, runningVoidOf } from './running-voids.ts';
import type { OnVoided, VoidDone } from './void-done.ts';
import { type BootName, putTombstone, readBootMark } from './voided-boot.ts';

export interface VoidRequest extends BootName {
  actor: Caller;
  /**
   * Actions for the transaction that makes the void count: the command to the edge to begin a new
   * boot.
   */
  onVoided?: OnVoided;
  /** The change that it reverses, if it undoes one. */
  reverses?: Reversal;
}

/**
 * Removes the counts of a boot from every figure, in one visible step for all of its parts. None of
 * its reports counts from then on (docs/decisions/126). A void that was killed is resumed.
 *
 * @throws NotFound for an edge or a boot without reports · Conflict when it is voided already, or
 * its lanes can't be read
 */
export async function voidBoot(
  context: StoreContext,
  { actor, onVoided, reverses, ...boot }: VoidRequest,
): Promise<VoidDone> {
  const running = await beginVoid(context, { actor, boot, reverses });
  const done = await finishVoid(context, running, onVoided);
  if (done) return done;
  throw new Conflict(
    `Boot ${quoted(boot.boot_id)} of edge ${quoted(boot.edge_id)} was voided by another request just now.`,
  );
}

function beginVoid(
  context: StoreContext,
  { actor, boot, reverses }: { actor: Caller; boot: BootName; reverses: Reversal | undefined },
): Promise<RunningVoid> {
  return commitChange<RunningVoid>(context, async begun => {
    if (reverses) await refuseUndone(context, reverses.audit_id);
    const lanes = await lanesOf(context, boot.edge_id);
    const mark = await readBootMark(context, boot);
    if (mark?.voided !== undefined) {
      const running = await readRunning(context, mark.voided);
      if (running && !running.done) return { actions: [], result: running };
      throw new Conflict(
        `Boot ${quoted(boot.boot_id)} of edge ${quoted(boot.edge_id)} was voided already, by ${mark.voided}. Use undoVoidBoot to undo that.`,
      );
    }
    const current = lanes.filter(lane => lane.boot_id === boot.boot_id);
    if (!mark && current.length === 0 && !(await isClosedBoot(context, boot, lanes))) {
      throw new NotFound(
        `Edge ${quoted(boot.edge_id)} has counted no boot ${quoted(boot.boot_id)}. The query edgeBoots lists its boots.`,
      );
    }
    const running: RunningVoid = {
      audit_id: begun.audit_id,
      at: begun.started_ms,
      actor,
      ...boot,
      was_current: current.length > 0,
      first_heard_at_ms:
        mark?.first_heard_at_ms ?? Math.min(...lanes.map(({ first_heard_at_ms }) => first_heard_at_ms)),
      ...(reverses && { reverses }),
      done: false,
    };
    return {
      actions: [putTombstone(context, boot, running.audit_id), beginRunning(context, running)],
      result: running,
    };
  });
}

/** The lanes of an edge. @throws NotFound · Conflict if one can't be read */
async function lanesOf(context: StoreContext, edge_id: string): Promise<Lane[]> {
  const { client, tables } = context;
  const items = await repeatUntil(context, () => readLaneItemsOfEdge(client, tables, edge_id));
  if (items.length === 0) {
    throw new NotFound(
      `Edge ${quoted(edge_id)} has not reported yet. The query edges lists the edges that have.`,
    );
  }
  return items.map(item => {
    const lane = readOrUnreadable(() => decodeLane(item, item.data));
    if (!(lane instanceof PackedDataUnreadable)) return lane;
    throw new Conflict(
      `The counts of edge ${quoted(edge_id)} are in a format that this release does not read. Deploy the later release again, then void the boot.`,
      { cause: lane },
    );
  });
}

async function isClosedBoot(
  context: StoreContext,
  { edge_id, boot_id }: BootName,
  lanes: readonly Lane[],
): Promise<boolean> {
  const keys = lanes.map(({ part }) => bootKey(edge_id, part, boot_id));
  return (await readItems(keys, { ...context, table: context.tables.traffic })).size > 0;
}

async function readRunning(context: StoreContext, audit_id: string): Promise<RunningVoid | undefined> {
  const { client, tables } = context;
  const Key = runningVoidKey(audit_id);
  const read = new GetCommand({ TableName: tables.traffic, Key, ConsistentRead: true });
  const { Item } = await repeatUntil(context, () => client.send(read));
  return Item && runningVoidOf(Item);
}
