import { BILLING_INTERVAL_MS, RESOLUTIONS } from '../resolution.ts';
import type { Fives, Sample } from '../sample.ts';

const HOUR_MS = RESOLUTIONS.HOUR.ms;
const IN_HOUR = HOUR_MS / BILLING_INTERVAL_MS;

/** The five minutes of an hour without traffic. */
export const NO_BYTES: Fives = Array.from({ length: IN_HOUR }, () => 0);

/** The five minutes of the hour that begins at `from`. */
export function fivesOf(bytes: ReadonlyMap<number, number>, from: number): Fives {
  return NO_BYTES.map((_, index) => {
    const counted = bytes.get(from + index * BILLING_INTERVAL_MS);
    return counted === undefined ? null : Math.round(counted);
  });
}

/**
 * Packs them as one text: those of the sample's own hour, then those of the hours that it repairs,
 * each with the hour's end, such as `0 0 - …|491234 0 …`.
 */
export function packFives({ fives, repairs = [] }: Pick<Sample, 'fives' | 'repairs'>): string | undefined {
  const repaired = repairs.filter(repair => repair.fives);
  if (!fives && repaired.length === 0) return undefined;
  const own = fives ? packHour(fives) : '';
  return [own, ...repaired.map(repair => `${repair.at / HOUR_MS} ${packHour(repair.fives!)}`)].join('|');
}

/**
 * The five minutes of an hour, by its end; undefined: an earlier release stored none, or they were
 * not known.
 */
export interface HourFives {
  at: number;
  fives: Fives | undefined;
}

/** Unpacks a text of {@link packFives}, beginning with the sample's own hour. */
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
