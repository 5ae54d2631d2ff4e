import type { Caller } from '../../access/caller.ts';
import { Conflict, Throttled } from '../../errors.ts';
import { beginBuilding, showBuilt } from '../../ledger/figures/counter-generations.ts';
import { readCountersHead } from '../../ledger/figures/counter-slots.ts';
import { repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { type MovePass, moveLanes } from './move-lanes.ts';

export interface RecoveryOptions {
  actor: Caller;
  /**
   * Discards a generation that was begun: after a restore to a time when counters were being
   * rebuilt.
   */
  restart?: boolean;
  onProgress?: (progress: RecoveryProgress) => void;
  /** When aborted, it stops after the transaction under way; the same call resumes it later. */
  signal?: AbortSignal;
}

export interface RecoveryProgress extends MovePass {
  phase: 'moving' | 'shown';
}

export interface RecoveryDone {
  generation: number;
  /** False: it was aborted before the new counters were shown. */
  shown: boolean;
  lanes: number;
}

/** Limit of passes over all lanes: after so many without an end, something else is wrong. */
const MAX_PASSES = 1000;

const NOTHING_LEFT: MovePass = { lanes: 0, behind: 0, left: 0, unreadable: [] };

/** Time limit of one pass over all lanes, ms. */
const PASS_MS = 3_600_000;

/**
 * Rebuilds all counters from the lanes while traffic flows: names a generation, moves every lane
 * into it, shows it, and then moves lanes that were created meanwhile by functions that had read
 * the earlier head. It may be killed at any point and called again, and run twice at once.
 *
 * @throws Conflict if lanes can't be read, or another recovery was begun · Throttled if the
 * database is too busy
 */
export async function recoverCounters(
  context: Omit<StoreContext, 'deadline'>,
  { actor, restart = false, onProgress = () => {}, signal }: RecoveryOptions,
): Promise<RecoveryDone> {
  const timed = (): StoreContext => ({ ...context, deadline: context.clock() + PASS_MS });
  const { generation } = await beginBuilding(timed(), { actor, restart });
  const moveAll = async (phase: RecoveryProgress['phase']): Promise<MovePass | undefined> => {
    for (let passes = 0; passes < MAX_PASSES; passes++) {
      if (signal?.aborted) return undefined;
      const context = timed();
      const head = await repeatUntil(context, () => readCountersHead(context));
      // Lanes move elsewhere by now: another recovery does the rest.
      if ((head.building ?? head.generation) !== generation) return NOTHING_LEFT;
      const pass = await moveLanes(
        { ...context, onProgress: now => onProgress({ phase, ...now }) },
        generation,
      );
      refuseUnreadable(pass);
      if (pass.behind === 0) return pass;
    }
    throw new Throttled(
      'Lanes change faster than they can be moved. Run the same command again to resume the recovery.',
    );
  };
  const moved = await moveAll('moving');
  if (!moved) return { generation, shown: false, lanes: 0 };
  await showBuilt(timed(), { actor, generation });
  const late = await moveAll('shown');
  return { generation, shown: true, lanes: late?.lanes ?? moved.lanes };
}

function refuseUnreadable({ unreadable }: MovePass): void {
  if (unreadable.length === 0) return;
  const names = unreadable.slice(0, 5).map(({ edge_id, part }) => `${edge_id}, part ${part}`);
  throw new Conflict(
    `${unreadable.length} lanes can't be read by this release (${names.join('; ')}): without them the new counters would lack their counts. Use the newest release, then run the same command again.`,
  );
}
