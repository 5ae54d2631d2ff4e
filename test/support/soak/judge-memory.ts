import { type MemorySample, type MemoryTrend, trendOf } from './memory-samples.ts';

export interface MemoryReport {
  system: MemoryTrend;
  containers: MemoryTrend;
  /** The number of containers that lived all the time. */
  lasting: number;
  /** The parts whose memory is not flat. */
  problems: string[];
}

/**
 * The share of the time since the last start in which programs load code and the collector finds
 * its size.
 */
const WARM_UP = 1 / 3;
/**
 * A rise above this share of the mean is a leak: the memory between two collections of garbage is
 * less.
 */
const RISE_LIMIT = 0.25;
/** With fewer samples a line means nothing. */
const LEAST_SAMPLES = 10;

/**
 * Whether the memory of the system's process and of the containers that live all the time is flat
 * from then on.
 */
export function judgeMemory(samples: readonly MemorySample[], from_ms: number): MemoryReport {
  const { at_ms: end_ms = from_ms, start: last = 0 } = samples.at(-1) ?? {};
  const ready_ms = samples.find(({ start }) => start === last)?.at_ms ?? from_ms;
  const begin_ms = Math.max(from_ms, ready_ms);
  const warm_ms = begin_ms + (end_ms - begin_ms) * WARM_UP;
  const watched = samples.filter(({ at_ms }) => at_ms >= warm_ms);
  const lasting = Object.keys(watched[0]?.containers ?? {}).filter(pid =>
    watched.every(({ containers }) => pid in containers),
  );
  const sumOf = ({ containers }: MemorySample) =>
    lasting.reduce((sum, pid) => sum + containers[Number(pid)]!, 0);
  const parts = {
    system: trendOf(watched.map(({ at_ms, system }) => ({ at_ms, mib: system }))),
    containers: trendOf(watched.map(sample => ({ at_ms: sample.at_ms, mib: sumOf(sample) }))),
  };
  const problems = Object.entries(parts).flatMap(([name, { mean, rise, samples }]) => {
    if (samples < LEAST_SAMPLES)
      return [`${name} was seen ${samples} times only, less than ${LEAST_SAMPLES}: the soak was too short`];
    if (rise <= RISE_LIMIT) return [];
    return [`${name} rose by ${(100 * rise).toFixed(1)} % of ${Math.round(mean)} MiB`];
  });
  return { ...parts, lasting: lasting.length, problems };
}
