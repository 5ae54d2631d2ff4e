import type { FlowRecord } from '../../totals/flow-record.ts';
import type { FlowLogRange, FlowPage, FlowPosition, LoggedFlow } from '../flow-log-store.ts';
import { FLOW_LOG_PERIOD_MS, type FlowLogItem, legacyIdIn } from './legacy-item.ts';
import { newestFirst } from './newest-first.ts';
import { flowLogPeriods, type LegacyStore, openFlowLog } from './read-legacy.ts';

/**
 * Maximum number of reports and hours that a page examines; it may have fewer flows than requested.
 */
const MAX_REPORTS = 2000;
const MAX_HOURS = 48;

export interface LegacyPageRequest extends FlowLogRange {
  matches(flow: FlowRecord): boolean;
  /** Whether a report with this id is also in an object, and therefore left out here. */
  elsewhere(legacy_id: string): Promise<boolean>;
  limit: number;
  start?: FlowPosition | undefined;
}

/**
 * One page of the logged flows of a range, newest report first. Flows that are added between pages
 * don't shift them.
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
      const stopped = addFlows(item, request, flows);
      if (stopped !== undefined) return { flows, next: { sk: item.sk, index: stopped } };
    }
  }
  return { flows, next: undefined };
}

/**
 * Adds a report's flows to the page.
 * @returns the number of the first flow that did not fit, if any
 */
function addFlows(
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

// Sort keys begin with the time: this one sorts after all keys of its hour.
function beginningAfter(period: number): FlowPosition {
  return { sk: `${new Date(period + FLOW_LOG_PERIOD_MS - 1).toISOString()}~`, index: 0 };
}

function momentAfter(sk: string): number {
  return Date.parse(sk.slice(0, '2026-01-31T12:00:00.000Z'.length)) + 1;
}
