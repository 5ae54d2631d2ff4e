import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { SimulatedEdge } from '../../../edge/simulation/simulated-edge.ts';
import { createSignIn, type SignIn } from '../../../local/provision/sign-ins.ts';
import { type Counted, readCounted } from './counted-record.ts';
import { EdgeFleet } from './edge-fleet.ts';
import { EventLog } from './event-log.ts';
import { checkAll, sumBy } from './final-checks.ts';
import { judgeMemory, type MemoryReport } from './judge-memory.ts';
import { type KillPace, planKills } from './kill-plan.ts';
import { Killer } from './killer.ts';
import { LiveApi } from './live-api.ts';
import { watchMemory } from './memory-samples.ts';
import { Person } from './person.ts';
import { emptyRegion, makeRegion, type RegionShape } from './region.ts';
import { SoakFailure } from './soak-failure.ts';
import { openTables } from './soak-tables.ts';
import { stepOf } from './steps.ts';
import { SupervisedSystem } from './supervised-system.ts';

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
  /** What a person thinks between two things, on average. */
  pause_ms: number;
  /** An empty folder. */
  folder: string;
  /** Ends it before its time, without checks. */
  signal?: AbortSignal;
  /**
   * The share of the time at the end in which only edges are killed, and memory is judged. 0: it
   * isn't.
   */
  calm: number;
  onProgress?: (progress: SoakProgress) => void;
  /** Hears what is being done. */
  onPhase?: (text: string) => void;
}

export interface SoakProgress {
  elapsed_ms: number;
  /** How far the traffic and the kills are, milliseconds. */
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

/** How long the last reports may take to be counted, and what was cut off to be finished. */
const SETTLE_MS = 300_000;
const MEMORY_EVERY_MS = 2000;
const PASSWORD = 'patronus-soak-1A!';

/**
 * Runs the whole system with traffic, kills and people, and then checks what came of it.
 * @throws SoakFailure that names the checks that failed
 */
export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  const { seed, folder, people: count, onPhase = () => {}, onProgress = () => {} } = options;
  mkdirSync(folder, { recursive: true });
  const log = new EventLog(join(folder, 'events.jsonl'));
  log.write('options', { ...options, signal: undefined });
  const ending = new AbortController();
  options.signal?.addEventListener('abort', () => ending.abort(), { once: true });
  const system = new SupervisedSystem(folder, log);
  let fleet: EdgeFleet | undefined;
  let ticking: NodeJS.Timeout | undefined;

  try {
    onPhase('The system starts');
    const address = await untilAborted(system.ready(), options.signal);
    const people = regionsOf(options).map(({ number, edges }, _, regions) => {
      const shape = { number, edges, regions: regions.length, sites: options.sites };
      const api = new LiveApi(system, signInOf(number));
      return { shape, person: new Person({ number, api, log, state: emptyRegion(shape) }) };
    });
    onPhase(`${count} people make sites, paths and policies, and register ${options.edges} edges`);
    const groups = await untilAborted(
      Promise.all(
        people.map(async ({ person, shape }): Promise<SimulatedEdge[]> => {
          await createSignIn(address.cognito, address.user_pool_id, signInOf(shape.number));
          return makeRegion(person, shape);
        }),
      ),
      options.signal,
    );
    const { interval_ms, flows } = options;
    fleet = new EdgeFleet({ folder, system: system.folder, seed, interval_ms, flows, groups, log });

    const plan = planKills({ ...options, calm_ms: options.duration_ms * (1 - options.calm) });
    log.write('plan of kills', { plan });
    const killer = new Killer({ plan, system, fleet, log, signal: ending.signal });
    const began = performance.now();
    const began_ms = log.elapsed_ms;
    const progress = (): SoakProgress => ({
      elapsed_ms: log.elapsed_ms,
      running_ms: performance.now() - began,
      reports: fleet!.sent,
      changes: sumOf(people, ({ entries }) => entries.length),
      lost: sumOf(people, ({ counts }) => counts.lost),
      kills: killer.counts,
      starts: system.starts,
    });
    ticking = setInterval(() => onProgress(progress()), 1000);
    const memory = watchMemory({ system, fleet, log, every_ms: MEMORY_EVERY_MS, signal: ending.signal });
    memory.catch(() => {});
    onPhase('Traffic, kills and people');
    const isOver = () => ending.signal.aborted || performance.now() - began >= options.duration_ms;
    const living = people.map(({ person }) => live(person, { options, log, isOver }));
    await Promise.all([
      killer.run(),
      untilAborted(wait(options.duration_ms, undefined, { signal: ending.signal }), options.signal),
      untilAborted(Promise.all(living), options.signal),
    ]);
    ending.abort();

    onPhase('The edges send their last reports');
    await fleet.stop();
    const counted = await readCounted(fleet.records);
    const { packets, bytes } = sumBy(counted, () => 'all').get('all') ?? { packets: 0n, bytes: 0n };
    onPhase('The last reports are counted, and what was cut off is finished');
    const api = new LiveApi(system, address.users.find(({ groups }) => groups.includes('admin'))!);
    await settle(api, bytes);
    onPhase('Checks');
    const stored = await openTables(await system.ready());
    const end = { api, stored, counted, people: people.map(({ person }) => person) };
    await checkAll(end, (name, error) => log.write('check', { name, failed: error?.message ?? null }));
    stored.client.destroy();
    const from_ms = began_ms + options.duration_ms * (1 - options.calm);
    const report = options.calm > 0 ? judgeMemory(await memory, from_ms) : undefined;
    log.write('memory report', { report });
    if (report && report.problems.length > 0)
      throw new SoakFailure(`memory is flat: ${report.problems.join('; ')}`);
    const result: SoakResult = {
      ...progress(),
      counted,
      packets,
      bytes,
      requests: sumOf(people, ({ counts }) => counts.requests),
      refused: sumOf(people, ({ counts }) => counts.refused),
      undone: sumOf(people, ({ counts }) => counts.undone),
      memory: report,
    };
    onPhase('Done');
    return result;
  } catch (cause) {
    const { message } = cause as Error;
    log.write('failed', { message });
    if (!(cause instanceof SoakFailure)) throw cause;
    throw new SoakFailure(`${message}\nThe seed is ${seed}; what happened is in ${log.file}.`, { cause });
  } finally {
    clearInterval(ticking);
    ending.abort();
    fleet?.abandon();
    await system.stop();
    await log.close();
  }
}

/**
 * A person does one thing after another until the time is over; the last one is done to its end.
 */
async function live(
  person: Person,
  { options, log, isOver }: { options: SoakOptions; log: EventLog; isOver: () => boolean },
): Promise<void> {
  const { seed, pause_ms } = options;
  for (let number = 1; !isOver(); number++) {
    const step = stepOf({ seed, person: person.number, number, pause_ms });
    await wait(step.pause_ms);
    if (isOver()) return;
    const { plan: _, ...planned } = step;
    log.write('step', { person: person.number, ...planned });
    await person.take(step);
  }
}

/** Returns when all that the edges counted is shown, and nothing is under way. */
async function settle(api: LiveApi, bytes: bigint): Promise<void> {
  const limit = performance.now() + SETTLE_MS;
  for (;;) {
    const { trafficTotals, operations } = await api.query<{
      trafficTotals: { bytes_exact: string };
      operations: { finished: boolean }[];
    }>('{ trafficTotals { bytes_exact } operations { finished } }');
    const shown = BigInt(trafficTotals.bytes_exact);
    if (shown === bytes && operations.every(({ finished }) => finished)) return;
    // The checks say what is missing.
    if (performance.now() > limit) return;
    await wait(500);
  }
}

function regionsOf({ edges, people }: SoakOptions): Pick<RegionShape, 'number' | 'edges'>[] {
  return Array.from({ length: people }, (_, number) => ({
    number,
    edges: Array.from({ length: edges }, (_, edge) => `edge-${edge + 1}`).filter(
      (_, edge) => edge % people === number,
    ),
  }));
}

const signInOf = (number: number): SignIn => ({
  email: `person-${number + 1}@example.com`,
  password: PASSWORD,
  groups: ['admin'],
});

function sumOf(people: readonly { person: Person }[], of: (person: Person) => number): number {
  return people.reduce((sum, { person }) => sum + of(person), 0);
}

/** The soak was ended before its time. */
export class SoakAborted extends Error {
  override readonly name = 'SoakAborted';
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  work.catch(() => {});
  if (!signal) return work;
  const aborted = new Promise<never>((_, reject) => {
    const end = () => reject(new SoakAborted('The soak was ended before its time.'));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
  return Promise.race([work, aborted]);
}
