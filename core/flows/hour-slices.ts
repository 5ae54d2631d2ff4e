import { z } from 'zod';
import { HOUR_MS, hourPrefix, type ObjectKey } from './object-key.ts';

/**
 * A slice of an hour contains the objects whose first arrival is within the same 100 seconds.
 * Exactly the names of these objects begin with the same digits.
 */
const SLICE_MS = 100_000;

/** Number of slices of an hour. */
export const SLICES = HOUR_MS / SLICE_MS;

/**
 * Megabytes of an hour's objects that one run can merge in its time with a margin. A larger hour is
 * merged in slices.
 */
export const LARGE_HOUR_MB = 1024;

/** Identifies a slice: its hour in milliseconds since the epoch, and its number from 0. */
export const hourSliceSchema = z.strictObject({
  hour: z.int().nonnegative().multipleOf(HOUR_MS),
  slice: z
    .int()
    .min(0)
    .max(SLICES - 1),
});

export type HourSlice = z.output<typeof hourSliceSchema>;

/** Starts runs that each merge one slice, without waiting for them. */
export interface SliceRuns {
  /** Size in bytes from which an hour is merged in slices. */
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

export function sliceOf({ hour, first_ms }: Pick<ObjectKey, 'hour' | 'first_ms'>): number {
  return Math.floor((first_ms - hour) / SLICE_MS);
}

/** The prefix of the keys of a slice's objects. */
export function slicePrefix({ hour, slice }: HourSlice): string {
  const digits = String((hour + slice * SLICE_MS) / SLICE_MS).padStart(8, '0');
  return `${hourPrefix(hour)}${digits}`;
}
