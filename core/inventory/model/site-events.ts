import { lowerUuid } from './parse-input.ts';

export const siteTarget = (siteId: string): string => `site:${lowerUuid(siteId)}`;
export const endpointTarget = (siteId: string, endpointId: string): string =>
  `endpoint:${lowerUuid(siteId)}/${endpointId}`;
export const pathTarget = (pathId: string): string => `path:${lowerUuid(pathId)}`;

/** Types of the events about sites. */
export const SITE_EVENT = {
  siteCreated: 'SITE_CREATED',
  siteUpdated: 'SITE_UPDATED',
  siteDeletionStarted: 'SITE_DELETION_STARTED',
  siteDeletionProgress: 'SITE_DELETION_PROGRESS',
  siteDeleted: 'SITE_DELETED',
  siteRestoreProgress: 'SITE_RESTORE_PROGRESS',
  siteRestored: 'SITE_RESTORED',
  endpointAdded: 'ENDPOINT_ADDED',
  endpointUpdated: 'ENDPOINT_UPDATED',
  endpointRemoved: 'ENDPOINT_REMOVED',
  pathCreated: 'PATH_CREATED',
  pathDeleted: 'PATH_DELETED',
} as const;
