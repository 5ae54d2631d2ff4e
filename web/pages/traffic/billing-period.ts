/**
 * A period of a bill: from a day of a month until the same day of the next one, both at 00:00 UTC.
 * Milliseconds.
 */
export interface BillingPeriod {
  from: number;
  to: number;
}

/** Every month has it. */
export const LAST_DAY = 28;

/** The day that the address says, 1 to 28; the first where it says none. */
export function readDay(text: string | undefined): number {
  const day = Number(text);
  return Number.isInteger(day) && day >= 1 && day <= LAST_DAY ? day : 1;
}

/** The period that `now` lies in and those before it, the newest first. */
export function billingPeriods(now: number, { day, count }: { day: number; count: number }): BillingPeriod[] {
  const date = new Date(now);
  const month = date.getUTCMonth() - (date.getUTCDate() < day ? 1 : 0);
  const begin = (back: number) => Date.UTC(date.getUTCFullYear(), month - back, day);
  return Array.from({ length: count }, (_, back) => ({ from: begin(back), to: begin(back - 1) }));
}
