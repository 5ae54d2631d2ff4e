import type { Settings } from './settings.ts';

/** Reserved concurrency for a `PatronusFunction`; none if the setting `api_concurrency` is 0. */
export function reserve(
  { api_concurrency }: Pick<Settings, 'api_concurrency'>,
  concurrency: number,
): { concurrency?: number } {
  return api_concurrency === 0 ? {} : { concurrency };
}
