import type { StoreContext } from '../../storage/store-context.ts';
import type { RunningOperation } from '../model/running-operation.ts';
import { updateOperation } from './update-operation.ts';

/** At most one event of progress in this time. */
const TELL_EVERY_MS = 1000;

/** Counts what a run of an operation has done, and tells of it now and then. */
export class OperationProgress {
  /** The operation's entry as last written or read. */
  operation: RunningOperation;
  /** Paths that this run has put through. */
  paths = 0;
  private readonly context: StoreContext;
  private readonly before: number;
  private toldAt: number;
  private telling: Promise<void> | undefined;

  constructor(context: StoreContext, operation: RunningOperation) {
    this.context = context;
    this.operation = operation;
    this.before = operation.done_paths;
    this.toldAt = context.clock();
  }

  /** Paths that are through in all runs, as far as the earlier ones told. */
  get done(): number {
    return this.before + this.paths;
  }

  /** Counts, and tells when the last time is long enough ago. What it tells is news: its failure stops nothing. */
  add(paths: number): void {
    this.paths += paths;
    if (this.telling || this.context.clock() - this.toldAt < TELL_EVERY_MS) return;
    this.toldAt = this.context.clock();
    this.telling = this.tell()
      .catch(() => {})
      .finally(() => {
        this.telling = undefined;
      });
  }

  /** Waits until what is being told is written. */
  async settled(): Promise<void> {
    await this.telling;
  }

  private async tell(): Promise<void> {
    const written = await updateOperation(this.context, this.operation, { done_paths: this.done });
    if (written) this.operation = written;
  }
}
