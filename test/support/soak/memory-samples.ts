import { setTimeout as wait } from 'node:timers/promises';
import type { EdgeFleet } from './edge-fleet.ts';
import type { EventLog } from './event-log.ts';
import { listProcesses, partsOf } from './processes.ts';
import type { SupervisedSystem } from './supervised-system.ts';

/** Resident memory at a moment, MiB. */
export interface MemorySample {
  at_ms: number;
  /** The number of the start of the system. */
  start: number;
  system: number;
  /** By process id. */
  containers: Record<number, number>;
  engines: Record<string, number>;
  edges: number;
}

export interface MemoryTrend {
  /** MiB. */
  mean: number;
  /**
   * Of the straight line through the samples: its rise from the first to the last, relative to the
   * mean.
   */
  rise: number;
  samples: number;
}

const KB_A_MIB = 1024;

export interface MemoryWatchOptions {
  system: SupervisedSystem;
  fleet: EdgeFleet;
  log: EventLog;
  every_ms: number;
  signal: AbortSignal;
}

/** Samples the memory of all parts repeatedly. */
export async function watchMemory(options: MemoryWatchOptions): Promise<MemorySample[]> {
  const { system, fleet, log, every_ms, signal } = options;
  const samples: MemorySample[] = [];
  while (!signal.aborted) {
    await wait(every_ms, undefined, { signal }).catch(() => {});
    const { pid, starts } = system;
    if (signal.aborted || pid === undefined) continue;
    const parts = await partsOf(pid);
    if (!parts.system) continue;
    const pids = new Set(fleet.pids);
    const edges = (await listProcesses()).filter(each => pids.has(each.pid));
    const sample: MemorySample = {
      at_ms: log.elapsed_ms,
      start: starts,
      system: mib([parts.system]),
      containers: Object.fromEntries([...parts.functions.values()].flat().map(one => [one.pid, mib([one])])),
      engines: Object.fromEntries([...parts.engines].map(([name, one]) => [name, mib([one])])),
      edges: mib(edges),
    };
    samples.push(sample);
    log.write('memory', sample);
  }
  return samples;
}

const mib = (processes: readonly { rss_kb: number }[]): number =>
  Math.round(processes.reduce((sum, { rss_kb }) => sum + rss_kb, 0) / KB_A_MIB);

/** The straight line through samples, by least squares. */
export function trendOf(samples: readonly { at_ms: number; mib: number }[]): MemoryTrend {
  const count = samples.length;
  const mean = samples.reduce((sum, each) => sum + each.mib, 0) / count;
  const middle = samples.reduce((sum, { at_ms }) => sum + at_ms, 0) / count;
  let product = 0;
  let square = 0;
  for (const { at_ms, mib } of samples) {
    product += (at_ms - middle) * (mib - mean);
    square += (at_ms - middle) ** 2;
  }
  const slope = square === 0 ? 0 : product / square;
  const span_ms = count === 0 ? 0 : samples.at(-1)!.at_ms - samples[0]!.at_ms;
  return { mean, rise: mean === 0 ? 0 : (slope * span_ms) / mean, samples: count };
}
