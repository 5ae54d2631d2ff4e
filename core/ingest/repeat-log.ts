import type { Failure, FailureKind } from '../storage/failure.ts';
import type { IngestContext } from './ingest-context.ts';

/**
 * Logs why calls of a batch are retried. Each kind of failure is logged once, so that a busy
 * database doesn't fill the log.
 */
export class RepeatLog {
  readonly #warn: IngestContext['warn'];
  readonly #logged = new Set<FailureKind>();

  constructor({ warn }: Pick<IngestContext, 'warn'>) {
    this.#warn = warn;
  }

  /** @param what a sentence that names the call */
  note(what: string, { kind, reasons, cause }: Failure): void {
    if (this.#logged.has(kind)) return;
    this.#logged.add(kind);
    const codes = [...new Set(reasons.map(({ code }) => code))];
    this.#warn(what, { failure: kind, ...(codes.length > 0 && { codes }), cause });
  }
}
