/** How figures and times are written: one place, so that all pages write them alike. */

const COUNT = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const THREE = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 });
const PERCENT = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });

const PREFIXES = ['', 'k', 'M', 'G', 'T', 'P', 'E'];

/** What is written where a figure isn't known. */
export const UNKNOWN = '–';

/** Such as "1,234,567", exact for integers of any size, given as text. */
export function count(value: string | number | bigint): string {
  return COUNT.format(typeof value === 'string' ? BigInt(value) : value);
}

/** Such as "9.31 GB". */
export function bytes(value: string | number | null | undefined): string {
  return scaled(value, 'B');
}

/** Such as "1.2 Mbit/s". */
export function bitsPerSecond(value: number | null | undefined): string {
  return scaled(value, 'bit/s');
}

/** Such as "12.5 ms". */
export function milliseconds(value: number | null | undefined): string {
  return value === null || value === undefined ? UNKNOWN : `${THREE.format(value)} ms`;
}

/** Such as "0.4 %", of a number that is per cent already. */
export function percent(value: number | null | undefined): string {
  return value === null || value === undefined ? UNKNOWN : PERCENT.format(value / 100);
}

function scaled(value: string | number | null | undefined, unit: string): string {
  if (value === null || value === undefined) return UNKNOWN;
  let rest = Number(value);
  let step = 0;
  while (Math.abs(rest) >= 999.5 && step < PREFIXES.length - 1) {
    rest /= 1000;
    step += 1;
  }
  return `${THREE.format(rest)} ${PREFIXES[step]}${unit}`;
}

const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DATE_TIME = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** Local time: of today the time alone, else with its day. */
export function time(at: string | number, now = Date.now()): string {
  const date = new Date(at);
  return date.toDateString() === new Date(now).toDateString() ? TIME.format(date) : DATE_TIME.format(date);
}

const HOUR_MINUTE = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

/** A mark on a time axis whose marks are so many seconds apart. */
export function tick(at: number, step_seconds: number): string {
  const date = new Date(at);
  const isDay = step_seconds >= 86_400 || (date.getHours() === 0 && date.getMinutes() === 0);
  return (isDay ? DAY : HOUR_MINUTE).format(date);
}

/** The instant in UTC, such as "2026-01-31 12:00:00 UTC". */
export function utc(at: string | number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'narrow' });
const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** Such as "3 min ago". */
export function ago(at: string | number, now = Date.now()): string {
  const seconds = Math.round((new Date(at).getTime() - now) / 1000);
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? UNITS[3];
  return RELATIVE.format(Math.trunc(seconds / size), unit);
}
