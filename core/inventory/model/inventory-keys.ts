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

/** Deletions, restores and endpoint removals that run, or ended a short time ago. */
export const RUNNING_PARTITION = 'DELETION';

/** The operation of a whole site, or of one endpoint. */
export const runningKey = (siteId: string, endpointId?: string): ItemKey => ({
  pk: RUNNING_PARTITION,
  sk: endpointId === undefined ? siteId : `${siteId}#${endpointId}`,
});

/** The archive of a deleted site, or of a removed endpoint: a head, and chunks of paths. */
export const archivePartition = (siteId: string): string => `ARCHIVE#${siteId}`;

/** Used instead of a site's id: each removal of an endpoint has an archive of its own. */
export const endpointArchive = (siteId: string, removalId: string): string => `${siteId}/${removalId}`;

export const archiveHeadKey = (siteId: string): ItemKey => ({ pk: archivePartition(siteId), sk: 'HEAD' });

export const CHUNK_PREFIX = 'CHUNK#';

/** The id of one of its paths identifies a chunk: an operation removes a path once. */
export const chunkKey = (siteId: string, operationId: string, pathId: string): ItemKey => ({
  pk: archivePartition(siteId),
  sk: `${CHUNK_PREFIX}${operationId}#${pathId}`,
});

/** The list of deleted sites, by the time of deletion. */
export const ARCHIVES_PARTITION = 'ARCHIVES';

export const archiveListKey = (deletedAt: string, siteId: string): ItemKey => ({
  pk: ARCHIVES_PARTITION,
  sk: `${deletedAt}#${siteId}`,
});

/** Notes of the chunks in other sites' archives whose paths wait for this site. */
export const waitingPartition = (peerSiteId: string): string => `WAITING#${peerSiteId}`;

export const waitingKey = (peerSiteId: string, siteId: string, chunkSk: string): ItemKey => ({
  pk: waitingPartition(peerSiteId),
  sk: `${siteId}#${chunkSk}`,
});
