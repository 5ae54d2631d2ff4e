import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Route } from './route-table.ts';

/** A file with an edge's current routes, for the program that forwards the router's packets. */
export interface RoutesFile {
  path: string;
  /** Writes in the background, the newest routes last. */
  write(routes: readonly Route[]): void;
  /** Retries a failed write. */
  retry(): void;
  /** Returns when nothing is being written. */
  settled(): Promise<void>;
}

/**
 * `routes.json` in a folder:
 * `{"updated_at", "routes": [{destination_site_id, policy_id, path_id}]}`, replaced as a whole.
 */
export function writeRoutesFile(folder: string, onTrouble: (reason: string) => void): RoutesFile {
  const path = join(folder, 'routes.json');
  let turn: Promise<void> = Promise.resolve();
  let newest: readonly Route[] | undefined;

  async function writeNewest(): Promise<void> {
    const routes = newest;
    if (!routes) return;
    newest = undefined;
    try {
      const text = JSON.stringify({ updated_at: new Date().toISOString(), routes }, null, 1);
      await writeFile(`${path}.new`, `${text}\n`);
      await rename(`${path}.new`, path);
    } catch (cause) {
      newest ??= routes;
      onTrouble(`The routes could not be written to ${path}: ${(cause as Error).message}`);
    }
  }

  function retry(): void {
    turn = turn.then(writeNewest);
  }

  return {
    path,
    write(routes) {
      newest = routes;
      retry();
    },
    retry,
    settled: () => turn,
  };
}
