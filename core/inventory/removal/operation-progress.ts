import { ConditionFailed } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import type { PlannedAction } from '../../storage/write-action.ts';
import { writeChange } from '../../storage/write-change.ts';
import type { RunningOperation } from '../model/running-operation.ts';
import { readOperation, updateOperation } from './operation-entry.ts';

/** Progress is recorded, and broadcast, at most once in this time. */
const RECORD_EVERY_MS = 1000;

/** A run that is out of time. */
export interface Unfinished {
  finished: false;
  /** Paths that are through so far, in all runs as far as earlier ones recorded it. */
  paths: number;
}

/**
 * How far one run of an operation is, and the operation's entry, which only this writes while the
 * run lasts.
 */
export interface OperationProgress {
  /**
   * Counts paths that are through. `offered` is larger when another run was faster with some of
   * them.
   */
  add(paths: number, offered?: number): void;
  /** The entry as last written or read, once what is being recorded is written. */
  settled(): Promise<RunningOperation>;
  /** Paths that are through in all runs, as far as earlier ones recorded it. */
  done(): number;
  /**
   * Paths that are through in all runs, exactly; undefined when another run took part: then they
   * must be counted.
   */
  exact(): number | undefined;
  /**
   * Writes the operation's last transaction; false when it was made from what has changed since.
   */
  end(actions: PlannedAction[]): Promise<boolean>;
  /** Whether the operation still ran when `end` failed; if not, another run has ended it. */
  isRunning(): boolean;
  /** What a run that is out of time returns. */
  unfinished(): Unfinished;
  /** Marks the operation for the worker function, which the table's stream starts. */
  handOver(): Promise<void>;
}

/** @param resumed whether other runs may have worked on it before */
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

  const done = () => operation.done_paths + paths;

  async function record(): Promise<void> {
    entry = (await updateOperation(context, entry, { done_paths: done() })) ?? entry;
  }

  async function settled(): Promise<RunningOperation> {
    await recording;
    return entry;
  }

  return {
    add(through, offered = through) {
      paths += through;
      if (through < offered) alone = false;
      if (!recording && context.clock() - recordedAt >= RECORD_EVERY_MS) {
        recordedAt = context.clock();
        // Progress is news: a failure to record it stops nothing.
        recording = record()
          .catch(() => {})
          .finally(() => {
            recording = undefined;
          });
      }
    },
    settled,
    done,
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
    unfinished: () => ({ finished: false, paths: done() }),
    async handOver() {
      await updateOperation(context, await settled(), { done_paths: done(), handed_over: true });
    },
  };
}
