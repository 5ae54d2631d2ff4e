import { type ArchiveChunk, chunkPaths } from './archive-chunk.ts';
import type { NetworkContext } from './network-context.ts';
import { archivePartition, CHUNK_PREFIX } from './network-keys.ts';
import { judgePaths } from './path-fates.ts';
import { peerOf } from './site.ts';
import { toPath } from './site-items.ts';
import type { SkippedPath } from './skipped-path.ts';
import { queryPages } from './strong-reads.ts';

/** The paths that a restored site's archive still holds, and why. */
export async function readSkipped(context: NetworkContext, siteId: string): Promise<SkippedPath[]> {
  const skipped: SkippedPath[] = [];
  for await (const page of queryPages(context, { pk: archivePartition(siteId), prefix: CHUNK_PREFIX })) {
    const paths = (page as unknown as ArchiveChunk[]).flatMap(chunkPaths);
    const { fates } = await judgePaths(context, siteId, paths);
    for (const [path, fate] of fates) {
      if (fate.restore) continue;
      skipped.push({ path: toPath({ ...path }), peer_site_id: peerOf(path, siteId), reason: fate.reason });
    }
  }
  return skipped;
}
