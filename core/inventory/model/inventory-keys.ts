import type { ItemKey } from '../../storage/item.ts';

export const META = 'META';
export const ENDPOINT_PREFIX = 'ENDPOINT#';
export const PATH_PREFIX = 'PATH#';

/** A site's partition: META, its endpoints and its copy of every path that ends at it. */
export const sitePartition = (siteId: string): string => `SITE#${siteId}`;

export const siteKey = (siteId: string): ItemKey => ({ pk: sitePartition(siteId), sk: META });

export const endpointKey = (siteId: string, endpointId: string): ItemKey => ({
  pk: sitePartition(siteId),
  sk: ENDPOINT_PREFIX + endpointId,
});

/** One of a path's two copies: the one in `siteId`'s partition. */
export const pathKey = (siteId: string, pathId: string): ItemKey => ({
  pk: sitePartition(siteId),
  sk: PATH_PREFIX + pathId,
});

/** The directory of sites in order of creation; it can be read strongly, which an index can't. */
export const DIRECTORY_PARTITION = 'SITES';

export const directoryKey = (createdAt: string, siteId: string): ItemKey => ({
  pk: DIRECTORY_PARTITION,
  sk: `${createdAt}#${siteId}`,
});

/** Deletions, restores and endpoint removals that run or ended less than a minute ago. */
export const RUNNING_PARTITION = 'DELETION';

/** A whole site under its id, one endpoint under `<site id>#<endpoint id>`. */
export const runningKey = (siteId: string, endpointId?: string): ItemKey => ({
  pk: RUNNING_PARTITION,
  sk: endpointId === undefined ? siteId : `${siteId}#${endpointId}`,
});

/** What a deleted site, or a removed endpoint of one, left: its head and chunks of paths. */
export const archivePartition = (siteId: string): string => `ARCHIVE#${siteId}`;

/** In place of a site's id: what one removal of an endpoint left has an archive of its own. */
export const endpointArchive = (siteId: string, removalId: string): string => `${siteId}/${removalId}`;

export const archiveHeadKey = (siteId: string): ItemKey => ({ pk: archivePartition(siteId), sk: 'HEAD' });

export const CHUNK_PREFIX = 'CHUNK#';

/** A path is removed once in an operation, so the first path of a chunk names it. */
export const chunkKey = (siteId: string, operationId: string, firstPathId: string): ItemKey => ({
  pk: archivePartition(siteId),
  sk: `${CHUNK_PREFIX}${operationId}#${firstPathId}`,
});

/** The list of deleted sites, by the time of deletion. */
export const ARCHIVES_PARTITION = 'ARCHIVES';

export const archiveListKey = (deletedAt: string, siteId: string): ItemKey => ({
  pk: ARCHIVES_PARTITION,
  sk: `${deletedAt}#${siteId}`,
});

/** Chunks of other sites' archives that hold paths which come back with this site. */
export const waitingPartition = (peerSiteId: string): string => `WAITING#${peerSiteId}`;

export const waitingKey = (peerSiteId: string, siteId: string, chunkSk: string): ItemKey => ({
  pk: waitingPartition(peerSiteId),
  sk: `${siteId}#${chunkSk}`,
});
