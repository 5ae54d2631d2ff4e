import { countMetrics } from '../metrics.ts';

/** Counts an answer with the error `Internal`. An alarm watches the metric. */
export function countInternalError(): void {
  countMetrics('api', { InternalErrors: 1 });
}
