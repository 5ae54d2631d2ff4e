/** Formats of figures and times, in one place, so that all pages use the same. */

const COUNT = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const THREE = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 });
const PERCENT = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });

/** Steps of a unit: of decimal prefixes 1,000 each, of binary ones (bytes alone) 1,024. */
const DECIMAL = { step: 1000, prefixes: ['', 'k', 'M', 'G', 'T', 'P', 'E'] };
const BINARY = { step: 1024, prefixes: ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] };

export interface Notation {
  /** IANA name; undefined: the browser's. */
  timeZone: string | undefined;
  /** `IEC`: 1 KiB is 1,024 bytes. Rates are always decimal, like the rates of links. */
  units: 'SI' | 'IEC';
}

let notation: Notation = { timeZone: undefined, units: 'SI' };
let dates = dateFormats(undefined);

/** Sets the format of figures and times from now on; it does not update the screen. */
export function setNotation(wanted: Notation): void {
  if (wanted.timeZone !== notation.timeZone) dates = dateFormats(wanted.timeZone);
  notation = wanted;
}

function dateFormats(timeZone: string | undefined) {
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(undefined, { ...options, timeZone });
  return {
    time: format({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    dateTime: format({ dateStyle: 'medium', timeStyle: 'medium' }),
    hourMinute: format({ hour: '2-digit', minute: '2-digit' }),
    day: format({ day: 'numeric', month: 'short' }),
    /** Used to compare days and to find midnight. */
    wholeDay: format({ year: 'numeric', month: 'numeric', day: 'numeric' }),
    clock: new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone }),
  };
}

/** Shown instead of an unknown figure. */
export const UNKNOWN = '–';

/** Such as "1,234,567", exact for integers of any size, given as text. */
export function count(value: string | number | bigint): string {
  return COUNT.format(typeof value === 'string' ? BigInt(value) : value);
}

/** Such as "9.31 GB". */
export function bytes(value: string | number | null | undefined): string {
  return scaled(value, 'B', notation.units === 'IEC' ? BINARY : DECIMAL);
}

/** Such as "1.2 Mbit/s". */
export function bitsPerSecond(value: number | null | undefined): string {
  return scaled(value, 'bit/s', DECIMAL);
}

/** Such as "12.5 ms". */
export function milliseconds(value: number | null | undefined): string {
  return value === null || value === undefined ? UNKNOWN : `${THREE.format(value)} ms`;
}

/**
 * Such as "0.4%", of a number that is per cent already. A little is not shown as 0%, and not quite
 * all is not shown as 100%.
 */
export function percent(value: number | null | undefined): string {
  if (value === null || value === undefined) return UNKNOWN;
  const shown = PERCENT.format(value / 100);
  if (value > 0 && shown === PERCENT.format(0)) return `<${PERCENT.format(0.001)}`;
  if (value < 100 && shown === PERCENT.format(1)) return `>${PERCENT.format(0.999)}`;
  return shown;
}

/** Such as "+12%" or "−3.5%", of a number that is per cent already. */
export function signedPercent(value: number): string {
  return `${value >= 0 ? '+' : '−'}${PERCENT.format(Math.abs(value) / 100)}`;
}

/**
 * An amount of money: with cents if it is large enough, otherwise with three digits. Without a
 * currency, while that is loading, only the number.
 */
export function money(value: number | null | undefined, currency: string | undefined): string {
  if (value === null || value === undefined) return UNKNOWN;
  const digits: Intl.NumberFormatOptions =
    value !== 0 && Math.abs(value) < 1 ? { maximumSignificantDigits: 3 } : {};
  const style: Intl.NumberFormatOptions = currency ? { style: 'currency', currency } : {};
  return new Intl.NumberFormat(undefined, { ...style, ...digits }).format(value);
}

function scaled(
  value: string | number | null | undefined,
  unit: string,
  { step, prefixes }: typeof DECIMAL,
): string {
  if (value === null || value === undefined) return UNKNOWN;
  let rest = Number(value);
  let power = 0;
  while (Math.abs(rest) >= step - 0.5 && power < prefixes.length - 1) {
    rest /= step;
    power += 1;
  }
  return `${THREE.format(rest)} ${prefixes[power]}${unit}`;
}

/** Local time: only the time for today, otherwise with the date. */
export function time(at: string | number, now = Date.now()): string {
  const date = new Date(at);
  const { wholeDay, time, dateTime } = dates;
  return wholeDay.format(date) === wholeDay.format(now) ? time.format(date) : dateTime.format(date);
}

/** A sentence of the API with its instants, such as "2026-01-31T12:00:00.000Z", as local times. */
export function withLocalTimes(text: string): string {
  return text.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, at => time(at));
}

/** The label of a mark on a time axis whose marks are `step_s` seconds apart. */
export function tick(at: number, step_seconds: number): string {
  const date = new Date(at);
  const isDay = step_seconds >= 86_400 || dates.clock.format(date) === '00:00';
  return (isDay ? dates.day : dates.hourMinute).format(date);
}

/** The local day of an instant, as a key and as a label, and its hour, 0 to 23. */
export function hourPlace(at: number): { day: string; title: string; hour: number } {
  const date = new Date(at);
  const hour = Number(dates.clock.format(date).slice(0, 2)) % 24;
  return { day: dates.wholeDay.format(date), title: dates.day.format(date), hour };
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
