import { Option } from 'commander';

/** Where a local system's files lie, beside the program. */
const LOCAL_FOLDER = new URL('../../.local', import.meta.url).pathname;

/** The option that says which local system is meant. */
export function systemFolderOption(): Option {
  return new Option('--system <folder>', 'folder that the local system keeps its addresses in').default(
    LOCAL_FOLDER,
    '.local',
  );
}
