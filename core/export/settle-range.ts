import { SETTLE_MS } from '../audit/read-audit-log.ts';
import { type KeptAsOf, resolveRange } from '../history/resolution.ts';
import { type ExportRequest, endingBy, type SettledRequest, settledHistory } from './export-request.ts';

/**
 * Moves the range of a history to the grid of its resolution, which is chosen here if none was
 * given. The range of an audit log ends where the log is settled, so that a later export from there
 * on misses nothing. Other kinds stay as they are.
 *
 * @throws ValidationError for ends in the wrong order or a range that is no longer kept
 */
export function settleRange(request: ExportRequest, kept: KeptAsOf): SettledRequest {
  if (request.kind === 'AUDIT') return endingBy(request, kept.now - SETTLE_MS);
  if (request.kind !== 'HISTORY') return request;
  const { from, to, resolution } = request;
  return settledHistory(
    request,
    resolveRange({ from, to, resolution, ...kept, max_points: Number.POSITIVE_INFINITY }),
  );
}
