import type { Path } from '../model/site.ts';

/** Why a path stays in the archive. From PEER_GONE it comes back by itself, when the peer is restored. */
export type SkipReason = 'PEER_GONE' | 'ENDPOINT_GONE';

export interface SkippedPath {
  path: Path;
  peer_site_id: string;
  reason: SkipReason;
}
