import { BILLING_INTERVAL_MS, RESOLUTIONS } from '../resolution.ts';
import type { Fives, Sample } from '../sample.ts';

const HOUR_MS = RESOLUTIONS.HOUR.ms;
const IN_HOUR = HOUR_MS / BILLING_INTERVAL_MS;

/** Of an hour in which nothing came. */
export const NO_BYTES: Fives = Array.from({ length: IN_HOUR }, () => 0);

/** Those of the hour that begins at `from`. */
export function fivesOf(bytes: ReadonlyMap<number, number>, from: number): Fives {
  return NO_BYTES.map((_, index) => {
    const counted = bytes.get(from + index * BILLING_INTERVAL_MS);
    return counted === undefined ? null : Math.round(counted);
  });
}

/**
 * As one text: those of the sample's own hour, then those that it repairs with the hour's end, such
 * as `0 0 - …|491234 0 …`.
 */
export function packFives({ fives, repairs = [] }: Pick<Sample, 'fives' | 'repairs'>): string | undefined {
  const repaired = repairs.filter(repair => repair.fives);
  if (!fives && repaired.length === 0) return undefined;
  const own = fives ? packHour(fives) : '';
  return [own, ...repaired.map(repair => `${repair.at / HOUR_MS} ${packHour(repair.fives!)}`)].join('|');
}

/**
 * What is kept of an hour, by its end; undefined: an earlier release kept nothing, or it wasn't
 * known.
 */
export interface HourFives {
  at: number;
  fives: Fives | undefined;
}

/** Reads what {@link packFives} wrote: the sample's own hour first. */
export function unpackFives(at: number, packed: string | undefined): HourFives[] {
  if (packed === undefined) return [{ at, fives: undefined }];
  const [own = '', ...repaired] = packed.split('|');
  return [
    { at, fives: own === '' ? undefined : unpackHour(own.split(' ')) },
    ...repaired.map(text => {
      const [hour, ...rest] = text.split(' ');
      return { at: Number(hour) * HOUR_MS, fives: unpackHour(rest) };
    }),
  ];
}

const UNKNOWN = '-';

function packHour(fives: Fives): string {
  return fives.map(bytes => bytes ?? UNKNOWN).join(' ');
}

function unpackHour(texts: readonly string[]): Fives {
  return texts.map(text => (text === UNKNOWN ? null : Number(text)));
}
