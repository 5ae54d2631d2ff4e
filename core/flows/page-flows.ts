import type { FlowRecord } from '../totals/flow-record.ts';
import type { FlowMatcher } from './flow-filter.ts';
import { FLOW_LOG_PERIOD_MS, type FlowLogItem } from './flow-log.ts';
import { type FlowLogRange, type FlowLogStore, flowLogPeriods, openFlowLog } from './flow-log-reader.ts';
import { newestFirst } from './newest-first.ts';

/** Reports that a page looks at, and empty hours: it may end with less than was asked for. */
const MAX_REPORTS = 2000;
const MAX_HOURS = 48;

/** A flow as one report lists it. */
export interface LoggedFlow extends FlowRecord {
  edge_id: string;
  site_id: string;
  sent_at: string;
  interval_s: number;
}

/** Where a page begins: at the flow with this number of the report with this sort key. */
export interface FlowPosition {
  sk: string;
  index: number;
}

export interface FlowPageRequest extends FlowLogRange {
  matches: FlowMatcher;
  limit: number;
  start?: FlowPosition | undefined;
}

export interface FlowPage {
  flows: LoggedFlow[];
  /** Undefined: there is no more. */
  next: FlowPosition | undefined;
}

/** The logged flows of a range, one page, the newest report first. What is added meanwhile moves nothing. */
export async function pageFlows(store: FlowLogStore, request: FlowPageRequest): Promise<FlowPage> {
  const { start } = request;
  const range = start ? { ...request, to: Math.min(request.to, momentAfter(start.sk)) } : request;
  const flows: LoggedFlow[] = [];
  if (range.from >= range.to) return { flows, next: undefined };
  let reports = 0;
  let hours = 0;
  for (const period of flowLogPeriods(range)) {
    if (hours++ >= MAX_HOURS) return { flows, next: beginningAfter(period) };
    for await (const item of newestFirst(store, { range, period, from_sk: start?.sk })) {
      const late = store.clock() >= store.deadline;
      if (reports++ >= MAX_REPORTS || late) return { flows, next: { sk: item.sk, index: 0 } };
      const stopped = take(item, request, flows);
      if (stopped !== undefined) return { flows, next: { sk: item.sk, index: stopped } };
    }
  }
  return { flows, next: undefined };
}

/** Takes a report's flows; the number of the one that found no room any more, if any. */
function take(
  item: FlowLogItem,
  { start, matches, limit }: FlowPageRequest,
  flows: LoggedFlow[],
): number | undefined {
  const { flows: logged, ...report } = openFlowLog(item);
  for (let index = start?.sk === item.sk ? start.index : 0; index < logged.length; index++) {
    const flow = logged[index]!;
    if (!matches(flow)) continue;
    if (flows.length >= limit) return index;
    flows.push({ ...flow, ...report });
  }
  return undefined;
}

// Sort keys begin with the time: this one lies behind all of its hour.
function beginningAfter(period: number): FlowPosition {
  return { sk: `${new Date(period + FLOW_LOG_PERIOD_MS - 1).toISOString()}~`, index: 0 };
}

function momentAfter(sk: string): number {
  return Date.parse(sk.slice(0, '2026-01-31T12:00:00.000Z'.length)) + 1;
}
