import type { Call } from '../resolver.ts';

/** Of a call, what an answer on traffic is made with: the same for a request and for an export. */
export type Asking = Pick<Call, 'context' | 'slots' | 'retention' | 'flow_log_ttl_hours'> & {
  /** The instant that ranges and what is kept are judged by, milliseconds; the clock's when left out. Time limits go by the clock always. */
  as_of?: number;
  /** Whoever asks has looked up the ids: an answer that is empty doesn't. */
  ids_known?: boolean;
};

/** The instant that an answer is judged by. */
export function askedAt({ as_of, context }: Pick<Asking, 'as_of' | 'context'>): number {
  return as_of ?? context.clock();
}
