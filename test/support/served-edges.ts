import type { ServedEdge } from '../../core/inventory/edges/edge-service.ts';

/** Edges that have always been in service. */
export function servedEdges(ids: Iterable<string>, { interval_s = 60 } = {}): ServedEdge[] {
  const service = [{ from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }];
  return Array.from(ids, id => ({ id, interval_s, service }));
}
