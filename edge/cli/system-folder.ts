import { resolve } from 'node:path';
import { Option } from 'commander';
import { PACKAGED_VERSION } from '../program-name.ts';

/**
 * Where a local system's files lie: in the project, or for the packaged program where it is run.
 */
const LOCAL_FOLDER =
  PACKAGED_VERSION === undefined ? new URL('../../.local', import.meta.url).pathname : resolve('.local');

/** The option that says which local system is meant. */
export function systemFolderOption(): Option {
  return new Option('--system <folder>', 'folder that the local system keeps its addresses in').default(
    LOCAL_FOLDER,
    '.local',
  );
}
