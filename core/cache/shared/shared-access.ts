import type { Clock } from '../../time/clock.ts';
import type { Schedule } from '../../time/schedule.ts';

/** What a caller gets instead of an answer when the shared level fails, is slow or is bypassed. */
export const TROUBLE = Symbol('the shared level is in trouble');

export type TroubleKind = 'slow' | 'failed' | 'garbage' | 'too_large' | 'dropped';

export interface SharedAccessOptions {
  /** How long a request waits for the shared level. */
  limit_ms: number;
  /**
   * How long the shared level is bypassed after trouble, so that a request waits for the limit once
   * and not for each key.
   */
  pause_ms: number;
  clock: Clock;
  schedule: Schedule;
  onTrouble: (kind: TroubleKind, cause?: unknown) => void;
}

/**
 * Guards every use of the shared level: a use is limited in time and never rejects, and after
 * trouble the level is bypassed for a while.
 */
export class SharedAccess {
  readonly #options: SharedAccessOptions;
  #pausedAt: number | undefined;

  constructor(options: SharedAccessOptions) {
    this.#options = options;
  }

  /** False while the shared level is bypassed. */
  get available(): boolean {
    if (this.#pausedAt === undefined) return true;
    const elapsed = this.#options.clock() - this.#pausedAt;
    return elapsed < 0 || elapsed >= this.#options.pause_ms;
  }

  /**
   * The answer of `use`, or {@link TROUBLE} when it fails or exceeds the time limit. Never rejects.
   */
  attempt<T>(use: (signal: AbortSignal) => Promise<T>): Promise<T | typeof TROUBLE> {
    if (!this.available) return Promise.resolve(TROUBLE);
    const { limit_ms, schedule } = this.#options;
    const abort = new AbortController();
    return new Promise(resolve => {
      let open = true;
      const close = (answer: T | typeof TROUBLE, kind?: TroubleKind, cause?: unknown) => {
        if (!open) return;
        open = false;
        cancel();
        if (kind) this.#pause(kind, cause);
        else this.#pausedAt = undefined;
        resolve(answer);
      };
      const cancel = schedule(limit_ms, () => {
        close(TROUBLE, 'slow');
        abort.abort();
      });
      invoke(() => use(abort.signal)).then(close, cause => close(TROUBLE, 'failed', cause));
    });
  }

  #pause(kind: TroubleKind, cause?: unknown): void {
    this.#pausedAt = this.#options.clock();
    this.#options.onTrouble(kind, cause);
  }
}

// Turns a synchronous throw of `use` into a rejection.
async function invoke<T>(use: () => Promise<T>): Promise<T> {
  return use();
}
