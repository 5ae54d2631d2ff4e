import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { SimulatedEdge } from '../../../edge/simulation/simulated-edge.ts';
import { createSignIn, type SignIn } from '../../../local/provision/sign-ins.ts';
import { type Counted, type Counts, readCounted } from './counted-record.ts';
import { EdgeFleet } from './edge-fleet.ts';
import { EventLog } from './event-log.ts';
import { checkAll, sumBy } from './final-checks.ts';
import { judgeMemory, type MemoryReport } from './judge-memory.ts';
import { type KillPace, planKills } from './kill-plan.ts';
import { Killer } from './killer.ts';
import { LiveApi } from './live-api.ts';
import { type MemorySample, watchMemory } from './memory-samples.ts';
import { Person } from './person.ts';
import { emptyRegion, makeRegion, type RegionShape, regionsOf } from './region.ts';
import { SoakFailure } from './soak-failure.ts';
import { openTables } from './soak-tables.ts';
import { stepOf } from './steps.ts';
import { SupervisedSystem } from './supervised-system.ts';
import { untilSettled } from './until-settled.ts';

export interface SoakOptions {
  seed: number;
  duration_ms: number;
  edges: number;
  /** Sites of a person at the beginning, 2 to 4. */
  sites: number;
  /** People, each with sites and edges of their own; the edges of one are one process. */
  people: number;
  /** Between two reports of an edge. */
  interval_ms: number;
  /** Flows alive at a time, an edge. */
  flows: number;
  pace: KillPace;
  /** The average pause of a person between two steps. */
  pause_ms: number;
  /** An empty folder. */
  folder: string;
  /** Ends it early, without checks. */
  signal?: AbortSignal;
  /**
   * The share of the time at the end in which only edges are killed, and memory is judged. 0: it is
   * not.
   */
  calm: number;
  onProgress?: (progress: SoakProgress) => void;
  /** Receives the current step. */
  onPhase?: (text: string) => void;
}

export interface SoakProgress {
  /** The progress of traffic and kills, milliseconds. */
  running_ms: number;
  reports: number;
  changes: number;
  lost: number;
  kills: ReadonlyMap<string, number>;
  starts: number;
}

export interface SoakResult extends SoakProgress {
  counted: Counted;
  packets: bigint;
  bytes: bigint;
  requests: number;
  refused: number;
  undone: number;
  memory: MemoryReport | undefined;
}

const MEMORY_EVERY_MS = 2000;
const PROGRESS_EVERY_MS = 1000;
const PASSWORD = 'patronus-soak-1A!';

/**
 * Runs the whole system with traffic, kills and people, and then checks the result.
 * @throws SoakFailure that names the failed checks · SoakAborted
 */
export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  mkdirSync(options.folder, { recursive: true });
  const soak = new Soak(options);
  try {
    return await soak.run();
  } catch (cause) {
    throw soak.failed(cause as Error);
  } finally {
    await soak.end();
  }
}

class Soak {
  readonly #options: SoakOptions;
  readonly #log: EventLog;
  readonly #system: SupervisedSystem;
  readonly #people: { person: Person; shape: RegionShape }[];
  /** Ends kills, people and the watch over the memory. */
  readonly #ending = new AbortController();
  #fleet: EdgeFleet | undefined;
  #killer: Killer | undefined;
  #progress: NodeJS.Timeout | undefined;
  /** The beginning of traffic and kills, for the times of the log. */
  #began_ms = 0;

  constructor(options: SoakOptions) {
    this.#options = options;
    this.#log = new EventLog(join(options.folder, 'events.jsonl'));
    this.#log.write('options', { ...options, signal: undefined });
    this.#system = new SupervisedSystem(options.folder, this.#log);
    this.#people = regionsOf(options).map(shape => {
      const api = new LiveApi(this.#system, signInOf(shape.number));
      const state = emptyRegion(shape);
      return { shape, person: new Person({ number: shape.number, api, log: this.#log, state }) };
    });
  }

  async run(): Promise<SoakResult> {
    const { edges, people, calm, duration_ms } = this.#options;
    this.#say('The system starts');
    await this.#untilAborted(this.#system.ready());
    this.#say(`${people} people make sites, paths and policies, and register ${edges} edges`);
    const groups = await this.#untilAborted(this.#makeNetwork());
    this.#say('Traffic, kills and people');
    const samples = await this.#live(groups);
    this.#say('The edges send their last reports');
    await this.#untilAborted(this.#fleet!.stop());
    const counted = await readCounted(this.#fleet!.records);
    await this.#untilAborted(this.#check(counted));
    const calm_ms = this.#began_ms + duration_ms * (1 - calm);
    const memory = calm > 0 ? this.#judge(samples, calm_ms) : undefined;
    return this.#resultOf(counted, memory);
  }

  /** The text about a failure: with the seed, and the files to read. */
  failed(cause: Error): Error {
    const { message } = cause;
    this.#log.write('failed', { message });
    if (!(cause instanceof SoakFailure)) return cause;
    const where = `The seed is ${this.#options.seed}; what happened is in ${this.#log.file}.`;
    return new SoakFailure(`${message}\n${where}`, { cause });
  }

  /** Ends all running parts. */
  async end(): Promise<void> {
    clearInterval(this.#progress);
    this.#ending.abort();
    this.#fleet?.abandon();
    await this.#system.stop();
    await this.#log.close();
  }

  /** @returns the edges of each person */
  async #makeNetwork(): Promise<SimulatedEdge[][]> {
    const { cognito, user_pool_id } = await this.#system.ready();
    return Promise.all(
      this.#people.map(async ({ person, shape }) => {
        await createSignIn(cognito, user_pool_id, signInOf(shape.number));
        return makeRegion(person, shape);
      }),
    );
  }

  /**
   * Traffic, kills and people, until the time is over.
   * @returns the memory samples
   */
  async #live(groups: SimulatedEdge[][]): Promise<MemorySample[]> {
    const { folder, seed, interval_ms, flows, duration_ms, calm, onProgress = () => {} } = this.#options;
    const { signal } = this.#ending;
    const running = { system: this.#system, log: this.#log, signal };
    const system = this.#system.folder;
    const fleet = new EdgeFleet({ folder, system, seed, interval_ms, flows, groups, log: this.#log });
    this.#fleet = fleet;
    const plan = planKills({ ...this.#options, calm_ms: duration_ms * (1 - calm) });
    this.#log.write('plan of kills', { plan });
    const killer = new Killer({ ...running, plan, fleet });
    this.#killer = killer;
    this.#began_ms = this.#log.elapsed_ms;
    this.#progress = setInterval(() => onProgress(this.#progressNow()), PROGRESS_EVERY_MS);
    const memory = watchMemory({ ...running, fleet, every_ms: MEMORY_EVERY_MS });
    // It is awaited at the end.
    memory.catch(() => {});
    const over = wait(duration_ms, undefined, { signal }).catch(() => {});
    const people = this.#people.map(({ person }) => this.#act(person));
    await this.#untilAborted(Promise.all([killer.run(), over, ...people]));
    this.#ending.abort();
    return memory;
  }

  /** A person makes one step after another until the time is over; the last one is completed. */
  async #act(person: Person): Promise<void> {
    const { seed, pause_ms, duration_ms } = this.#options;
    const isOver = () => this.#ending.signal.aborted || this.#log.elapsed_ms - this.#began_ms >= duration_ms;
    for (let number = 1; !isOver(); number++) {
      const step = stepOf({ seed, person: person.number, number, pause_ms });
      await wait(step.pause_ms);
      if (isOver()) return;
      const { plan: _, ...planned } = step;
      this.#log.write('step', { person: person.number, ...planned });
      await person.take(step);
    }
  }

  async #check(counted: Counted): Promise<void> {
    const { users } = await this.#system.ready();
    const api = new LiveApi(this.#system, users.find(({ groups }) => groups.includes('admin'))!);
    this.#say('The last reports are counted, and what was cut off is finished');
    await untilSettled(api, totalOf(counted).bytes);
    this.#say('Checks');
    const stored = await openTables(await this.#system.ready());
    const people = this.#people.map(({ person }) => person);
    await checkAll({ api, stored, counted, people }, (name, error) =>
      this.#log.write('check', { name, failed: error?.message ?? null }),
    );
    stored.client.destroy();
  }

  #judge(samples: readonly MemorySample[], from_ms: number): MemoryReport {
    const report = judgeMemory(samples, from_ms);
    this.#log.write('memory report', { report });
    if (report.problems.length === 0) return report;
    throw new SoakFailure(`memory is flat: ${report.problems.join('; ')}`);
  }

  #progressNow(): SoakProgress {
    return {
      running_ms: this.#log.elapsed_ms - this.#began_ms,
      reports: this.#fleet!.sent,
      changes: this.#sum(({ entries }) => entries.length),
      lost: this.#sum(({ counts }) => counts.lost),
      kills: this.#killer!.counts,
      starts: this.#system.starts,
    };
  }

  #resultOf(counted: Counted, memory: MemoryReport | undefined): SoakResult {
    return {
      ...this.#progressNow(),
      ...totalOf(counted),
      counted,
      requests: this.#sum(({ counts }) => counts.requests),
      refused: this.#sum(({ counts }) => counts.refused),
      undone: this.#sum(({ counts }) => counts.undone),
      memory,
    };
  }

  #sum(of: (person: Person) => number): number {
    return this.#people.reduce((sum, { person }) => sum + of(person), 0);
  }

  #say(text: string): void {
    this.#log.write('phase', { text });
    this.#options.onPhase?.(text);
  }

  /** @throws SoakAborted as soon as the soak must end early */
  async #untilAborted<T>(work: Promise<T>): Promise<T> {
    const { signal } = this.#options;
    work.catch(() => {});
    if (!signal) return work;
    const aborted = new Promise<never>((_, reject) => {
      const end = () => reject(new SoakAborted('The soak was ended before its time.'));
      if (signal.aborted) end();
      else signal.addEventListener('abort', end, { once: true });
    });
    return Promise.race([work, aborted]);
  }
}

/** The soak was ended early. */
export class SoakAborted extends Error {
  override readonly name = 'SoakAborted';
}

const totalOf = (counted: Counted): Counts =>
  sumBy(counted, () => 'all').get('all') ?? { packets: 0n, bytes: 0n };

const signInOf = (number: number): SignIn => ({
  email: `person-${number + 1}@example.com`,
  password: PASSWORD,
  groups: ['admin'],
});
