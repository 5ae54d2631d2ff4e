import { ConditionFailed } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import type { PlannedAction } from '../../storage/write-action.ts';
import { writeChange } from '../../storage/write-change.ts';
import type { RunningOperation } from '../model/running-operation.ts';
import { readOperation, updateOperation } from './operation-entry.ts';

/** A run records its progress, which is then broadcast, at most once in this time. */
const RECORD_EVERY_MS = 1000;

/** Result of a run that stopped because its time was up. */
export interface Unfinished {
  finished: false;
  /** Paths done so far by this run and, as far as they recorded it, by earlier ones. */
  paths: number;
}

/** The progress of one run of an operation. It writes the operation's entry during the run. */
export interface OperationProgress {
  /** Adds paths that were done. `attempted` is larger when another run had done some of them. */
  add(paths: number, attempted?: number): void;
  /** Waits for a write of the entry in progress. @returns the entry as last written or read */
  settled(): Promise<RunningOperation>;
  /** Paths done by all runs, as far as earlier ones recorded it. */
  done(): number;
  /** Paths done by all runs, exactly; undefined when another run took part: then count them. */
  exact(): number | undefined;
  /** Writes the operation's last transaction. @returns false when a condition failed */
  end(actions: PlannedAction[]): Promise<boolean>;
  /** Whether the operation still ran when `end` failed; false: another run has ended it. */
  isRunning(): boolean;
  /** The result of a run whose time is up. */
  unfinished(): Unfinished;
  /** Marks the operation for the worker function, which the table's stream starts. */
  handOver(): Promise<void>;
}

/** @param resumed whether earlier runs may have worked on the operation */
export function trackProgress(
  context: StoreContext,
  operation: RunningOperation,
  { resumed }: { resumed: boolean },
): OperationProgress {
  let entry = operation;
  let alone = !resumed;
  let running = true;
  let paths = 0;
  let recordedAt = context.clock();
  let recording: Promise<void> | undefined;

  const doneByAll = () => operation.done_paths + paths;

  async function record(): Promise<void> {
    entry = (await updateOperation(context, entry, { done_paths: doneByAll() })) ?? entry;
  }

  async function settled(): Promise<RunningOperation> {
    await recording;
    return entry;
  }

  return {
    add(done, attempted = done) {
      paths += done;
      if (done < attempted) alone = false;
      if (!recording && context.clock() - recordedAt >= RECORD_EVERY_MS) {
        recordedAt = context.clock();
        // Progress is informative: a failure to record it never stops the run.
        recording = record()
          .catch(() => {})
          .finally(() => {
            recording = undefined;
          });
      }
    },
    settled,
    done: doneByAll,
    exact: () => (alone ? paths : undefined),
    async end(actions) {
      try {
        await writeChange(context, actions);
        return true;
      } catch (cause) {
        if (!(cause instanceof ConditionFailed)) throw cause;
        const found = await readOperation(context, entry);
        running = found !== undefined;
        entry = found ?? entry;
        alone = false;
        return false;
      }
    },
    isRunning: () => running,
    unfinished: () => ({ finished: false, paths: doneByAll() }),
    async handOver() {
      await updateOperation(context, await settled(), { done_paths: doneByAll(), handed_over: true });
    },
  };
}
