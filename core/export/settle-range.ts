import { type Retention, resolveRange } from '../history/resolution.ts';
import type { ExportRequest } from './export-request.ts';

/**
 * The request with the range of a history put on the grid of its resolution, which is chosen here where none was asked for: an export
 * reads chunk by chunk over minutes, and none of them may choose anew. Other kinds are left as they are.
 *
 * @throws ValidationError for ends in the wrong order or a range that is no longer kept
 */
export function settleRange(
  request: ExportRequest,
  { now, retention }: { now: number; retention: Retention },
): ExportRequest {
  if (request.kind !== 'HISTORY') return request;
  const { from, to, resolution } = resolveRange({
    from: Date.parse(request.from),
    to: Date.parse(request.to),
    resolution: request.resolution,
    now,
    retention,
    max_points: Number.POSITIVE_INFINITY,
  });
  return {
    ...request,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    resolution,
  };
}
