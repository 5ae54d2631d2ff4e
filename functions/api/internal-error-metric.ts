import { countMetrics } from '../metrics.ts';

/** Counts an answer that says `Internal`. It is alarmed. */
export function countInternalError(): void {
  countMetrics('api', { InternalErrors: 1 });
}
