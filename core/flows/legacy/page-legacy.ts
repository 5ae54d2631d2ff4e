import type { FlowRecord } from '../../totals/flow-record.ts';
import type { FlowLogRange, FlowPage, FlowPosition, LoggedFlow } from '../flow-log-store.ts';
import { FLOW_LOG_PERIOD_MS, type FlowLogItem, legacyIdIn } from './legacy-item.ts';
import { newestFirst } from './newest-first.ts';
import { flowLogPeriods, type LegacyStore, openFlowLog } from './read-legacy.ts';

/** Reports that a page looks at, and empty hours: it may end with less than was asked for. */
const MAX_REPORTS = 2000;
const MAX_HOURS = 48;

export interface LegacyPageRequest extends FlowLogRange {
  matches(flow: FlowRecord): boolean;
  /** Whether a report of this id is in an object too, and so left out here. */
  elsewhere(legacy_id: string): Promise<boolean>;
  limit: number;
  start?: FlowPosition | undefined;
}

/**
 * The logged flows of a range, one page, the newest report first. What is added meanwhile moves
 * nothing.
 */
export async function pageLegacyFlows(store: LegacyStore, request: LegacyPageRequest): Promise<FlowPage> {
  const { start } = request;
  const range = start ? { ...request, to: Math.min(request.to, momentAfter(start.sk)) } : request;
  const flows: LoggedFlow[] = [];
  if (range.from >= range.to) return { flows, next: undefined };
  let reports = 0;
  let hours = 0;
  for (const period of flowLogPeriods(range)) {
    if (hours++ >= MAX_HOURS) return { flows, next: beginningAfter(period) };
    for await (const item of newestFirst(store, { range, period, from_sk: start?.sk })) {
      if (reports++ >= MAX_REPORTS || store.is_late()) return { flows, next: { sk: item.sk, index: 0 } };
      if (await request.elsewhere(legacyIdIn(item.sk))) continue;
      const stopped = take(item, request, flows);
      if (stopped !== undefined) return { flows, next: { sk: item.sk, index: stopped } };
    }
  }
  return { flows, next: undefined };
}

/** Takes a report's flows; the number of the one that found no room any more, if any. */
function take(
  item: FlowLogItem,
  { start, matches, includes, limit }: LegacyPageRequest,
  flows: LoggedFlow[],
): number | undefined {
  if (includes && !includes(item)) return undefined;
  const { flows: logged, ...report } = openFlowLog(item);
  for (let index = start?.sk === item.sk ? start.index : 0; index < logged.length; index++) {
    const flow = logged[index]!;
    if (!matches(flow)) continue;
    if (flows.length >= limit) return index;
    flows.push({ ...flow, ...report, id: `${item.sk}/${index}` });
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
