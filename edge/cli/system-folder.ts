import { resolve } from 'node:path';
import { Option } from 'commander';
import { PACKAGED_VERSION } from '../program-name.ts';

/**
 * The folder of a local system: in the project, or for the packaged program in the current folder.
 */
const LOCAL_FOLDER =
  PACKAGED_VERSION === undefined ? new URL('../../.local', import.meta.url).pathname : resolve('.local');

/** The option that selects the local system. */
export function systemFolderOption(): Option {
  return new Option('--system <folder>', "folder with the local system's addresses").default(
    LOCAL_FOLDER,
    '.local',
  );
}
