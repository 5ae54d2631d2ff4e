import { ulid } from 'ulid';
import type { Clock } from '../time/clock.ts';

/** An operation that has begun and has written nothing yet. */
export interface BegunOperation {
  /**
   * Id of the audit entry to come, a ULID of `started_ms`. Answers, archives, baselines and undos
   * name it.
   */
  audit_id: string;
  /** Milliseconds since the epoch. */
  started_ms: number;
}

/**
 * To be called once an operation, before its first try: an operation can be committed once under an
 * id.
 */
export function beginOperation({ clock }: { clock: Clock }): BegunOperation {
  const started_ms = clock();
  return { audit_id: ulid(started_ms), started_ms };
}
