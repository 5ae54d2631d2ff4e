import type { PathStatusName } from '../../parts/path-status.tsx';
import type { SiteNames } from './path-name.ts';
import { bySeverity } from './severity.ts';

/** A site at the other end of a site's paths. */
export interface Neighbour {
  id: string;
  name: string;
  worst_status: PathStatusName;
  worst_score: number | null;
  /** Of the best measured path; null: no path is measured. */
  latency_ms: number | null;
  /** Ids, the worst path first. */
  paths: string[];
}

interface KnownPath {
  id: string;
  source_site_id: string;
  destination_site_id: string;
  status: PathStatusName;
  metrics: { latency_ms: number; settled_score: number } | null;
}

/** The neighbours of a site, the worst first. `paths`: the site's paths, the worst first. */
export function neighboursOf(site_id: string, paths: readonly KnownPath[], names: SiteNames): Neighbour[] {
  const byPeer = Map.groupBy(paths, path =>
    path.source_site_id === site_id ? path.destination_site_id : path.source_site_id,
  );
  return Array.from(byPeer, ([id, between]) => {
    const latencies = between.flatMap(({ metrics }) => metrics?.latency_ms ?? []);
    return {
      id,
      name: names.get(id) ?? id,
      worst_status: between[0]!.status,
      worst_score: between[0]!.metrics?.settled_score ?? null,
      latency_ms: latencies.length === 0 ? null : Math.min(...latencies),
      paths: between.map(path => path.id),
    };
  }).sort(bySeverity);
}
