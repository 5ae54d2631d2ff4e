import { readFileSync } from 'node:fs';
import { PACKAGED_VERSION } from '../program-name.ts';

/** The output of `--version`: the version, and whether the program runs from its sources. */
export function versionText(): string {
  if (PACKAGED_VERSION !== undefined) return PACKAGED_VERSION;
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return `${version} (from the sources)`;
}
