import { z } from 'zod';
import { type FlowKey, HOUR_MS, hourPrefix } from './flow-key.ts';

/**
 * A slice of an hour is the objects whose first arrival lies within 100 seconds: the names of
 * these, and of no others, begin with the same digits.
 */
const SLICE_MS = 100_000;

/** Slices of an hour. */
export const SLICES = HOUR_MS / SLICE_MS;

/**
 * Megabytes of an hour's objects that one run merges in its time, with some to spare; an hour with
 * more is merged in slices.
 */
export const LARGE_HOUR_MB = 1024;

/** Names a slice: its hour in milliseconds since the epoch, and its number from 0. */
export const hourSliceSchema = z.strictObject({
  hour: z.int().nonnegative().multipleOf(HOUR_MS),
  slice: z
    .int()
    .min(0)
    .max(SLICES - 1),
});

export type HourSlice = z.output<typeof hourSliceSchema>;

/** Has slices merged, each by a run of its own that is not waited for. */
export interface SliceRuns {
  /** Bytes of an hour from which on it is merged in slices. */
  from_bytes?: number;
  begin(slice: HourSlice): Promise<void>;
}

/** Whether an hour with these objects is merged in slices. */
export function isLarge(
  listed: readonly { size: number }[],
  { from_bytes = LARGE_HOUR_MB * 1024 ** 2 } = {},
): boolean {
  return listed.reduce((sum, { size }) => sum + size, 0) > from_bytes;
}

export function sliceOf({ hour, first_ms }: Pick<FlowKey, 'hour' | 'first_ms'>): number {
  return Math.floor((first_ms - hour) / SLICE_MS);
}

/** What the keys of a slice's objects begin with. */
export function slicePrefix({ hour, slice }: HourSlice): string {
  const digits = String((hour + slice * SLICE_MS) / SLICE_MS).padStart(8, '0');
  return `${hourPrefix(hour)}${digits}`;
}
