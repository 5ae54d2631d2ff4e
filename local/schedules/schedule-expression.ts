/**
 * The next time after `after` (milliseconds since the epoch) at which a schedule fires; undefined:
 * never again.
 */
export type NextTime = (after: number) => number | undefined;

const UNIT_MS: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Reads a schedule expression of EventBridge Scheduler, in UTC: `rate(5 minutes)`,
 * `cron(0 12 * * ? *)`, `at(2030-01-31T12:00:00)`. A rate counts from `start`.
 * @throws Error naming the part that isn't known.
 */
export function parseSchedule(expression: string, start: number): NextTime {
  const [, kind, body = ''] = /^(rate|cron|at)\((.+)\)$/.exec(expression) ?? [];
  if (kind === 'rate') return parseRate(expression, body, start);
  if (kind === 'cron') return parseCron(expression, body);
  if (kind === 'at') return parseAt(expression, body);
  throw unknown(expression, expression);
}

function parseRate(expression: string, body: string, start: number): NextTime {
  const [, count, unit] = /^(\d+) (minute|hour|day)s?$/.exec(body) ?? [];
  if (unit === undefined || Number(count) === 0) throw unknown(expression, body);
  const period = Number(count) * UNIT_MS[unit]!;
  return after => start + Math.max(0, Math.floor((after - start) / period) + 1) * period;
}

function parseAt(expression: string, body: string): NextTime {
  const time = Date.parse(`${body}Z`);
  if (Number.isNaN(time)) throw unknown(expression, body);
  return after => (time > after ? time : undefined);
}

interface Field {
  min: number;
  max: number;
  names?: string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const FIELDS: Field[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 1, max: 7, names: DAYS },
  { min: 1970, max: 2199 },
];
/**
 * Number of days to look ahead: eight years contain every date, even 29 February with a skipped
 * leap year.
 */
const HORIZON_DAYS = 8 * 366;

function parseCron(expression: string, body: string): NextTime {
  const parts = body.trim().split(/\s+/);
  if (parts.length !== FIELDS.length) throw unknown(expression, body);
  const [minutes, hours, days, months, weekdays, years] = parts.map((part, index) =>
    parseField(expression, part, FIELDS[index]!),
  ) as [Set<number>, Set<number>, Set<number>, Set<number>, Set<number>, Set<number>];

  const matchesDay = (day: Date): boolean =>
    years.has(day.getUTCFullYear()) &&
    months.has(day.getUTCMonth() + 1) &&
    days.has(day.getUTCDate()) &&
    weekdays.has(day.getUTCDay() + 1);

  return after => {
    const first = new Date(after + UNIT_MS.minute!);
    first.setUTCSeconds(0, 0);
    const midnight = Date.UTC(first.getUTCFullYear(), first.getUTCMonth(), first.getUTCDate());
    for (let offset = 0; offset < HORIZON_DAYS; offset++) {
      const day = midnight + offset * UNIT_MS.day!;
      if (!matchesDay(new Date(day))) continue;
      for (const hour of hours) {
        for (const minute of minutes) {
          const time = day + hour * UNIT_MS.hour! + minute * UNIT_MS.minute!;
          if (time >= first.getTime()) return time;
        }
      }
    }
    return undefined;
  };
}

/**
 * The values of a field, ascending: `*`, `?`, `5`, `1-5`, `MON-FRI`, `0/15`, `*` with a step, and
 * lists of them.
 */
function parseField(expression: string, text: string, { min, max, names = [] }: Field): Set<number> {
  const number = (part: string): number => {
    const named = names.indexOf(part.toUpperCase());
    const value = named >= 0 ? named + min : Number(part);
    if (!/^\w+$/.test(part) || !Number.isInteger(value) || value < min || value > max) {
      throw unknown(expression, part);
    }
    return value;
  };
  const values = text.split(',').flatMap(item => {
    const [range = '', step] = item.split('/');
    const [from, to] = range === '*' || range === '?' ? [min, max] : rangeOf(range, number);
    const by = step === undefined ? 1 : Number(step);
    if (!Number.isInteger(by) || by < 1) throw unknown(expression, item);
    const last = to ?? (step === undefined ? from : max);
    return Array.from({ length: Math.floor((last - from) / by) + 1 }, (_, index) => from + index * by);
  });
  return new Set(values.sort((a, b) => a - b));
}

function rangeOf(range: string, number: (part: string) => number): [number, number | undefined] {
  const [from = '', to] = range.split('-');
  return [number(from), to === undefined ? undefined : number(to)];
}

function unknown(expression: string, part: string): Error {
  return new Error(`The one-machine runtime does not support "${part}" in the schedule ${expression}.`);
}
