import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SimulatedEdge } from '../../../edge/simulation/simulated-edge.ts';
import { projectFile } from '../project-files.ts';
import type { EdgeWorkerMessage, EdgeWorkerOptions } from './edge-worker.ts';
import type { EventLog } from './event-log.ts';
import { SoakFailure } from './soak-failure.ts';

export interface EdgeFleetOptions
  extends Pick<EdgeWorkerOptions, 'system' | 'seed' | 'interval_ms' | 'flows'> {
  folder: string;
  /** Edges by process. */
  groups: readonly SimulatedEdge[][];
  log: EventLog;
}

/** The time in which the edges may send their last reports. */
const LAST_REPORTS_MS = 180_000;

/** The edges' processes: a killed one is started again on its spools. */
export class EdgeFleet {
  /**
   * Reports that the stream has accepted, as far as the processes could report it before they were
   * killed.
   */
  sent = 0;
  /** Where the processes keep their records. */
  readonly records: string[] = [];
  readonly #options: EdgeFleetOptions;
  readonly #workers: Worker[];

  constructor(options: EdgeFleetOptions) {
    this.#options = options;
    mkdirSync(join(options.folder, 'edges'), { recursive: true });
    this.#workers = options.groups.map((edges, group) => new Worker(this, { group, edges }));
  }

  get pids(): number[] {
    return this.#workers.flatMap(({ pid }) => pid ?? []);
  }

  /** Kills one of the processes. @returns which */
  kill(pick: number): number {
    const group = pick % this.#workers.length;
    this.#workers[group]!.kill();
    return group;
  }

  /**
   * Ends the traffic; all counts are sent.
   * @throws SoakFailure when that takes too long
   */
  async stop(): Promise<void> {
    await Promise.all(this.#workers.map(worker => worker.stop()));
  }

  /** Ends the processes at once. */
  abandon(): void {
    for (const worker of this.#workers) worker.abandon();
  }

  /** Starts a run of a process. */
  launch({ group, edges, life }: { group: number; edges: SimulatedEdge[]; life: number }): ChildProcess {
    const { folder, system, seed, interval_ms, flows, log } = this.#options;
    const run = `${group}-${life}`;
    const record = join(folder, 'edges', `record-${run}.jsonl`);
    this.records.push(record);
    writeFileSync(record, '');
    const options: EdgeWorkerOptions = {
      ...{ system, interval_ms, flows, run, record, edges },
      spools: join(folder, 'edges', 'spools'),
      // Each run has different traffic.
      seed: seed * 1_000_000 + group * 10_000 + life,
    };
    const file = join(folder, 'edges', `options-${run}.json`);
    writeFileSync(file, JSON.stringify(options));
    const child = fork(projectFile('test/support/soak/edge-worker.ts'), [file]);
    child.on('message', (message: EdgeWorkerMessage) => {
      if ('sent' in message) this.sent += message.sent;
      else log.write('edge trouble', { group, trouble: message.trouble });
    });
    log.write('edges started', { group, life, pid: child.pid });
    return child;
  }
}

/** One process, over its runs. */
class Worker {
  readonly #fleet: EdgeFleet;
  readonly #group: number;
  readonly #edges: SimulatedEdge[];
  #life = 0;
  #child: ChildProcess | undefined;
  #stopping = false;

  constructor(fleet: EdgeFleet, { group, edges }: { group: number; edges: SimulatedEdge[] }) {
    this.#fleet = fleet;
    this.#group = group;
    this.#edges = edges;
    this.#launch();
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (!child) return;
    const ended = new Promise<string>(resolve =>
      child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`)),
    );
    child.kill('SIGTERM');
    const limit = setTimeout(() => child.kill('SIGKILL'), LAST_REPORTS_MS);
    const end = await ended;
    clearTimeout(limit);
    if (end !== 'code 0') {
      throw new SoakFailure(
        `the edges send their last reports: process ${this.#group} ended otherwise (${end})`,
      );
    }
  }

  abandon(): void {
    this.#stopping = true;
    this.#child?.kill('SIGKILL');
  }

  #launch(): void {
    const child = this.#fleet.launch({ group: this.#group, edges: this.#edges, life: ++this.#life });
    this.#child = child;
    child.once('exit', () => {
      this.#child = undefined;
      if (!this.#stopping) this.#launch();
    });
  }
}
