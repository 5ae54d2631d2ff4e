import type { EdgeItem, RegisteredEdge, ServicePeriod } from './edge-items.ts';

/** An edge and the periods in which it was in service, milliseconds since the epoch. */
export interface ServedEdge {
  id: string;
  /** How often it reports, seconds. */
  interval_s: number;
  /** Ascending; `to` is exclusive, and infinite while the edge is in service. */
  service: readonly { from: number; to: number }[];
}

/** How many periods in service are kept of an edge: the newest ones. */
const MAX_PERIODS = 20;

/** A stored edge's periods in service, ascending. */
function servicePeriods({ service, registered_at, retired_at }: EdgeItem): ServicePeriod[] {
  return service ?? [{ from: registered_at, to: retired_at }];
}

/**
 * The periods in service when an edge is stored as `after`. A move continues the current period:
 * the edge was expected to report before it, too.
 *
 * @param now RFC 3339
 */
export function serviceAfter(
  before: EdgeItem | undefined,
  { retired_at }: Pick<RegisteredEdge, 'retired_at'>,
  now: string,
): ServicePeriod[] {
  const periods = before ? servicePeriods(before) : [];
  const running = periods.at(-1)?.to === null ? periods.at(-1) : undefined;
  const closed = running ? periods.slice(0, -1) : periods;
  if (retired_at === null) return [...closed, running ?? { from: now, to: null }].slice(-MAX_PERIODS);
  return running ? [...closed, { ...running, to: retired_at }] : closed;
}

/** The periods in service when a retirement is undone: the period that it ended is reopened. */
export function serviceReopened(item: EdgeItem): ServicePeriod[] {
  const periods = servicePeriods(item);
  const last = periods.at(-1);
  const ended = last?.to !== null && last?.to === item.retired_at;
  return last && ended ? [...periods.slice(0, -1), { ...last, to: null }] : periods;
}

/** A stored edge as completeness needs it. */
export function servedEdge(item: EdgeItem): ServedEdge {
  const service = servicePeriods(item).map(({ from, to }) => ({
    from: Date.parse(from),
    to: to === null ? Number.POSITIVE_INFINITY : Date.parse(to),
  }));
  return { id: item.sk, interval_s: item.interval_s, service };
}

/** Whether an edge was expected to report at an instant. */
export function inService({ service }: ServedEdge, at_ms: number): boolean {
  return service.some(({ from, to }) => from <= at_ms && at_ms < to);
}
