import type { Resource } from '../template/deployment.ts';

/**
 * The name of a resource without a name in the template: the same in every run, so that kept data
 * is found again.
 */
export function physicalName({ stack, logicalId }: Pick<Resource, 'stack' | 'logicalId'>): string {
  return `${stack}-${logicalId}`;
}

/**
 * The short name of a resource: "ingest" for logical id Ingest4069586C, "api" for
 * ApiFunctionCE271BD4.
 */
export function shortName(logicalId: string): string {
  return logicalId
    .replace(/[0-9A-F]{8}$/, '')
    .replace(/(?<=.)Function$/, '')
    .toLowerCase();
}
