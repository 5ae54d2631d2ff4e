import { type PathReading, READING_FIGURES } from '../lane/path-reading.ts';
import type { PackedReader } from './packed-reader.ts';
import type { PackedWriter } from './packed-writer.ts';

/*
 * Times of readings are packed as the time before the lane's last arrival, which needs three bytes.
 */

/** Writes a path's last measurement, or that there is none. */
export function writeReading(out: PackedWriter, reading: PathReading | undefined, heard_at_ms: number): void {
  if (!reading) {
    out.number(0);
    return;
  }
  out.number(1);
  out.time(heard_at_ms - reading.measured_at_ms);
  out.time(reading.measured_at_ms - reading.told_at_ms);
  for (const figure of READING_FIGURES) out.number(Math.round(reading[figure] * 1000));
}

/** Reads what {@link writeReading} wrote. */
export function readReading(input: PackedReader, heard_at_ms: number): PathReading | undefined {
  if (input.number() === 0) return undefined;
  const measured_at_ms = heard_at_ms - input.time();
  const told_at_ms = measured_at_ms - input.time();
  return {
    measured_at_ms,
    told_at_ms,
    latency_ms: input.number() / 1000,
    jitter_ms: input.number() / 1000,
    packet_loss_pct: input.number() / 1000,
    bandwidth_mbps: input.number() / 1000,
  };
}

/** Writes the times of the last reports, or that none are stored. */
export function writeClock(out: PackedWriter, clock: readonly number[] = []): void {
  out.number(clock.length);
  for (const ahead of clock) out.time(ahead);
}

/** Reads what {@link writeClock} wrote. */
export function readClock(input: PackedReader): { clock?: number[] } {
  const clock = Array.from({ length: input.number() }, () => input.time());
  return clock.length === 0 ? {} : { clock };
}
