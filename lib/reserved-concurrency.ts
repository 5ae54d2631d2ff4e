import type { Settings } from './settings.ts';

/**
 * So many places of the account for a function, for a `PatronusFunction`; none where the setting
 * `api_concurrency` keeps none.
 */
export function reserve(
  { api_concurrency }: Pick<Settings, 'api_concurrency'>,
  concurrency: number,
): { concurrency?: number } {
  return api_concurrency === 0 ? {} : { concurrency };
}
