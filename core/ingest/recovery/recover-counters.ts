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
   * Gives up a generation that was begun: after a restore to a time when counters were being built.
   */
  restart?: boolean;
  onProgress?: (progress: RecoveryProgress) => void;
  /** Aborted: stops after the transaction under way; the same call goes on later. */
  signal?: AbortSignal;
}

export interface RecoveryProgress extends MovePass {
  phase: 'moving' | 'shown';
}

export interface RecoveryDone {
  generation: number;
  /** False: it was stopped before the new counters were shown. */
  shown: boolean;
  lanes: number;
}

/** Without one lane moved for so many looks in a row, something else is wrong. */
const MAX_LOOKS_WITHOUT_END = 1000;

const NOTHING_LEFT: MovePass = { lanes: 0, behind: 0, left: 0, unreadable: [] };

/** Time for the calls of one look at all lanes, ms. */
const LOOK_MS = 3_600_000;

/**
 * Builds all counters anew from the lanes while traffic flows: names a generation, moves every lane
 * into it, shows it, and then moves lanes that were made meanwhile by a function that had read the
 * head before. May be killed anywhere and called again, and run twice at once.
 *
 * @throws Conflict where lanes can't be read, or another recovery was begun · Throttled when the
 * database is too busy
 */
export async function recoverCounters(
  context: Omit<StoreContext, 'deadline'>,
  { actor, restart = false, onProgress = () => {}, signal }: RecoveryOptions,
): Promise<RecoveryDone> {
  const timed = (): StoreContext => ({ ...context, deadline: context.clock() + LOOK_MS });
  const { generation } = await beginBuilding(timed(), { actor, restart });
  const moveAll = async (phase: RecoveryProgress['phase']): Promise<MovePass | undefined> => {
    for (let look = 0; look < MAX_LOOKS_WITHOUT_END; look++) {
      if (signal?.aborted) return undefined;
      const context = timed();
      const head = await repeatUntil(context, () => readCountersHead(context));
      // Lanes move elsewhere by now: what is left is the work of another recovery.
      if ((head.building ?? head.generation) !== generation) return NOTHING_LEFT;
      const pass = await moveLanes(
        { ...context, onProgress: now => onProgress({ phase, ...now }) },
        generation,
      );
      refuseUnreadable(pass);
      if (pass.behind === 0) return pass;
    }
    throw new Throttled(
      'Lanes change faster than they can be moved. Run the same command again: it goes on.',
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
