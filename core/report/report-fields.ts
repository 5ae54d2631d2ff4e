import { isIP } from 'node:net';
import { isPrintable } from '../policy/printable.ts';
import { OTHER_FLOWS } from '../totals/other-flows.ts';
import { bigIntOf } from '../totals/whole-number.ts';
import { ReportRejected } from './rejection.ts';
import { REPORT_LIMITS } from './report.ts';

/** A JSON object whose fields are not checked yet. */
export type RawObject = Record<string, unknown>;

/** The place of a field, for messages. Its text is built when a message needs it. */
export interface Place {
  list?: 'policies' | 'flows' | 'paths';
  index?: number;
}

const MAX_COUNT_DIGITS = String(REPORT_LIMITS.maxCount).length;
const DIGITS = /^(?:0|[1-9][0-9]*)$/;
const UTC_TIME = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-]00:00)$/;

/** The longest text of an IPv6 address. */
const MAX_ADDRESS_LENGTH = 45;

/** Smaller measurements are 0: averages that decay reach values that the database can't store. */
const MIN_MEASUREMENT = 1e-9;

export function readObject(value: unknown, place: Place): RawObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as RawObject;
  throw badField(place, undefined, 'an object', value);
}

/** @param max the maximum number of entries */
export function readArray(value: unknown, field: string, max: number): unknown[] {
  if (!Array.isArray(value)) throw badField({}, field, 'an array', value);
  if (value.length <= max) return value;
  throw new ReportRejected(
    'too_many_entries',
    `${field} has ${value.length} entries; at most ${max} are taken`,
  );
}

/** 1 to 128 printable characters: it becomes part of a key. */
export function readId(object: RawObject, field: string, place: Place): string {
  const value = object[field];
  if (
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= REPORT_LIMITS.maxIdLength &&
    isPrintable(value)
  ) {
    return value;
  }
  throw badField(place, field, `text of 1 to ${REPORT_LIMITS.maxIdLength} printable characters`, value);
}

/**
 * An IPv4 or IPv6 address, or `OTHER_FLOWS`. Zones such as `%eth0` are refused: they have no
 * meaning on another machine.
 */
export function readAddress(object: RawObject, field: string, place: Place): string {
  const value = object[field];
  if (typeof value === 'string' && (value === OTHER_FLOWS || isAddress(value))) return value;
  throw badField(place, field, 'an IPv4 or IPv6 address', value);
}

function isAddress(text: string): boolean {
  return text.length <= MAX_ADDRESS_LENGTH && isIP(text) !== 0 && !text.includes('%');
}

/** A whole number from 0 to 2^63 − 1, as a JSON number up to 2^53 − 1 or as a string of digits. */
export function readCount(object: RawObject, field: string, place: Place): bigint {
  const value = object[field];
  if (typeof value === 'number' && value >= 0 && Number.isSafeInteger(value)) return bigIntOf(value);
  if (typeof value === 'string' && value.length <= MAX_COUNT_DIGITS && DIGITS.test(value)) {
    const count = BigInt(value);
    if (count <= REPORT_LIMITS.maxCount) return count;
  }
  throw badCount(place, field, value);
}

/** A whole number in a range that JavaScript holds exactly. */
export function readInteger(
  object: RawObject,
  field: string,
  place: Place,
  { min = 0, max }: { min?: number; max: number },
): number {
  const value = object[field];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw badField(place, field, `a whole number from ${min} to ${max}`, value);
}

/** A number from 0 to `max`. Values below any measurement become 0. */
export function readNumber(object: RawObject, field: string, place: Place, max: number): number {
  const value = object[field];
  if (typeof value === 'number' && value >= 0 && value <= max) return value < MIN_MEASUREMENT ? 0 : value;
  throw badField(place, field, `a number from 0 to ${max}`, value);
}

/** An RFC 3339 time in UTC, as it was written: a day of the calendar, years 0001 to 9999. */
export function readTime(object: RawObject, field: string, place: Place): string {
  const value = object[field];
  if (typeof value === 'string' && UTC_TIME.test(value) && isDay(value)) return value;
  throw badField(place, field, 'an RFC 3339 time in UTC', value);
}

// `Date.parse` reads 30 February as 2 March.
function isDay(time: string): boolean {
  const ms = Date.parse(time);
  if (Number.isNaN(ms) || time.startsWith('0000')) return false;
  const day = Number(time.slice(8, 10));
  return day <= 28 || new Date(ms).getUTCDate() === day;
}

function badCount(place: Place, field: string, value: unknown): ReportRejected {
  const at = `${name(place, field)} is ${shown(value)}`;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || Number.isNaN(number)) return badField(place, field, 'a count', value);
  if (number < 0) return new ReportRejected('negative_count', at);
  if (!Number.isInteger(number)) return new ReportRejected('fractional_count', at);
  if (number >= 2 ** 63) return new ReportRejected('count_too_large', at);
  if (typeof value === 'number') return new ReportRejected('inexact_count', at);
  return badField(place, field, 'a count in decimal digits', value);
}

/** The rejection of a field that is not what was expected. */
export function badField(
  place: Place,
  field: string | undefined,
  expected: string,
  value: unknown,
): ReportRejected {
  const found = value === undefined ? 'is missing' : `is ${shown(value)}`;
  return new ReportRejected('bad_field', `${name(place, field)} ${found}; expected ${expected}`);
}

function name({ list, index }: Place, field?: string): string {
  const parent = list === undefined ? '' : `${list}[${index}]`;
  if (field === undefined) return parent || 'the report';
  return parent ? `${parent}.${field}` : field;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
