import { readFileSync } from 'node:fs';
import { PACKAGED_VERSION } from '../program-name.ts';

/**
 * What `--version` prints: the version, and that it runs from its sources where it isn't packaged.
 */
export function versionText(): string {
  if (PACKAGED_VERSION !== undefined) return PACKAGED_VERSION;
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return `${version} (from the sources)`;
}
