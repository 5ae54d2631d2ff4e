import type { StoreContext } from '../../storage/store-context.ts';
import { queryPages } from '../../storage/strong-reads.ts';
import { archivePartition, CHUNK_PREFIX } from '../model/inventory-keys.ts';
import { peerOf } from '../model/site.ts';
import { toPath } from '../model/site-items.ts';
import { type ArchiveChunk, chunkPaths } from './archive-chunk.ts';
import { judgePaths } from './path-fates.ts';
import type { SkippedPath } from './skipped-path.ts';

/** The paths that a restored site's archive still holds, and why. */
export async function readSkipped(context: StoreContext, siteId: string): Promise<SkippedPath[]> {
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
