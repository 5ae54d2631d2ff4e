import { ulid } from 'ulid';
import type { Clock } from '../time/clock.ts';

/** An operation that has begun and has written nothing yet. */
export interface BegunOperation {
  /**
   * The id of the audit entry that will be written, a ULID of `started_ms`. Answers, archives,
   * baselines and undos refer to it.
   */
  audit_id: string;
  /** Milliseconds since the epoch. */
  started_ms: number;
}

/**
 * Call it once for an operation, before its first try: under one id an operation can be committed
 * once.
 */
export function beginOperation({ clock }: { clock: Clock }): BegunOperation {
  const started_ms = clock();
  return { audit_id: ulid(started_ms), started_ms };
}
