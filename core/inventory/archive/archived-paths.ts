import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { updateItem } from '../../storage/item-update.ts';
import { parseItem } from '../../storage/parse-item.ts';
import { conditionHeld, repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { queryAll, queryPages } from '../../storage/strong-reads.ts';
import { TTL_ATTRIBUTE } from '../../storage/tables.ts';
import { archivePartition, CHUNK_PREFIX } from '../model/inventory-keys.ts';
import type { RunningOperation } from '../model/running-operation.ts';
import { type ArchiveChunk, archiveChunkSchema, chunkPaths } from './archive-chunk.ts';
import { archiveExpiry } from './archive-head.ts';
import { judgePaths, type SkippedPath, skippedPaths } from './path-fates.ts';

const countSchema = z.object({ count: z.number() });
const ownerSchema = z.object({ pk: z.string(), sk: z.string(), operation_id: z.string() });

/** Chunks a page, which bounds the memory needed. */
const PAGE_CHUNKS = 16;

/** Pages of the chunks in a site's archive. */
export async function* chunkPages(context: StoreContext, siteId: string): AsyncGenerator<ArchiveChunk[]> {
  const query = { pk: archivePartition(siteId), prefix: CHUNK_PREFIX, pageSize: PAGE_CHUNKS };
  for await (const page of queryPages(context, query)) {
    yield page.map(item => parseItem(archiveChunkSchema, item));
  }
}

/** How many paths all runs of a deletion have archived so far. */
export async function countArchived(
  context: StoreContext,
  { site_id, operation_id }: RunningOperation,
): Promise<number> {
  const chunks = await queryAll(context, {
    pk: archivePartition(site_id),
    prefix: `${CHUNK_PREFIX}${operation_id}#`,
    project: ['count'],
  });
  return chunks.reduce((sum, chunk) => sum + parseItem(countSchema, chunk).count, 0);
}

/** Extends the expiry of chunks of the site's earlier deletions to that of this deletion. */
export async function extendLeftovers(
  context: StoreContext,
  { site_id, operation_id }: RunningOperation,
): Promise<void> {
  const chunks = await queryAll(context, {
    pk: archivePartition(site_id),
    prefix: CHUNK_PREFIX,
    project: ['pk', 'sk', 'operation_id'],
  });
  const earlier = chunks
    .map(chunk => parseItem(ownerSchema, chunk))
    .filter(chunk => chunk.operation_id !== operation_id);
  for (const { pk, sk } of earlier) {
    const command = new UpdateCommand(
      updateItem({
        table: context.tables.network,
        key: { pk, sk },
        set: { [TTL_ATTRIBUTE]: archiveExpiry(context) },
        condition: { expression: 'attribute_exists(#pk)' },
      }),
    );
    // A chunk that has expired since it was read stays removed.
    await conditionHeld(repeatUntil(context, () => context.client.send(command)));
  }
}

/** The paths that a restored site's archive still contains, and why. */
export async function readSkipped(context: StoreContext, siteId: string): Promise<SkippedPath[]> {
  const skipped: SkippedPath[] = [];
  for await (const chunks of chunkPages(context, siteId)) {
    const { fates } = await judgePaths(context, siteId, chunks.flatMap(chunkPaths));
    skipped.push(...skippedPaths(siteId, fates));
  }
  return skipped;
}
