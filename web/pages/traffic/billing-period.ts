/**
 * A billing period: from a day of a month to the same day of the next month, both at 00:00 UTC, in
 * milliseconds.
 */
export interface BillingPeriod {
  from: number;
  to: number;
}

/** The last day that every month has. */
export const LAST_DAY = 28;

/** The day in the address, 1 to 28; 1 if there is none. */
export function readDay(text: string | undefined): number {
  const day = Number(text);
  return Number.isInteger(day) && day >= 1 && day <= LAST_DAY ? day : 1;
}

/** The period that contains `now` and the previous ones, newest first. */
export function billingPeriods(now: number, { day, count }: { day: number; count: number }): BillingPeriod[] {
  const date = new Date(now);
  const month = date.getUTCMonth() - (date.getUTCDate() < day ? 1 : 0);
  const begin = (back: number) => Date.UTC(date.getUTCFullYear(), month - back, day);
  return Array.from({ length: count }, (_, back) => ({ from: begin(back), to: begin(back - 1) }));
}
