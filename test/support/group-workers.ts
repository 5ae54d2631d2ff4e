import { type GroupWorkers, readGroupOnce } from '../../core/history/groups/group-workers.ts';
import type { GroupOptions, GroupRequest } from '../../core/history/groups/read-group.ts';
import { asFunction } from './rights/as-function.ts';

/**
 * The fate of a group: it is read, read twice, or read only after the mark; or its run is killed at
 * a call to the database.
 */
export type GroupFate = 'read' | 'read twice' | 'late' | { dies: number };

/** Workers in this process; each group has a fate. */
export class FatedWorkers implements GroupWorkers {
  readonly #options: (dies?: number) => GroupOptions;
  readonly #fateOf: (index: number) => GroupFate;
  #late: GroupRequest[] = [];

  /** @param options of a run, which may be killed at a call to the database */
  constructor(options: (dies?: number) => GroupOptions, fateOf: (index: number) => GroupFate) {
    this.#options = options;
    this.#fateOf = fateOf;
  }

  async read(requests: readonly GroupRequest[]): Promise<void> {
    await Promise.all(requests.map(request => this.#read(request, this.#fateOf(request.group.index))));
  }

  async #read(request: GroupRequest, fate: GroupFate): Promise<void> {
    if (fate === 'late') {
      this.#late.push(request);
      return;
    }
    if (typeof fate === 'object') {
      await asFunction('snapshotgroup', () => readGroupOnce(this.#options(fate.dies), request)).catch(
        ignoreKill,
      );
      return;
    }
    await asFunction('snapshotgroup', () => readGroupOnce(this.#options(), request));
    if (fate === 'read twice')
      await asFunction('snapshotgroup', () => readGroupOnce(this.#options(), request));
  }

  /** Reads the late groups, after their mark was put. */
  async readLate(): Promise<void> {
    const late = this.#late;
    this.#late = [];
    for (const request of late)
      await asFunction('snapshotgroup', () => readGroupOnce(this.#options(), request));
  }
}

function ignoreKill(cause: unknown): void {
  if ((cause as Error).message !== 'killed') throw cause;
}
