import { ErasedAddresses } from './erased-addresses.ts';
import { type FlowLine, flowOf } from './flow-line.ts';
import { type FlowLogState, readFlowLogState } from './flow-log-state.ts';
import { type FlowLogRange, type FlowLogStore, type LoggedReport, tooManyFlows } from './flow-log-store.ts';
import { legacyIdIn, legacyIdOf } from './legacy/legacy-item.ts';
import { type LegacyStore, readLegacyFlows } from './legacy/read-legacy.ts';
import { HOUR_MS, hourOf } from './object-key.ts';
import { readHour } from './read-hour.ts';
import { ReportsSeen } from './reports-seen.ts';

/**
 * Reads all flows of a range and passes them to `visit` by report, each report once, in no
 * particular order.
 *
 * @throws ValidationError if there are more than can be read before the deadline
 */
export async function readFlowLogs(
  store: FlowLogStore,
  range: FlowLogRange,
  visit: (report: LoggedReport) => void,
): Promise<void> {
  const state = await readFlowLogState(store);
  const legacy = await visitLegacy(store, { state, range, visit });
  const erased = new ErasedAddresses(state.erasures);
  const seen = new ReportsSeen();
  const { from, to } = unexpiredRange(store, range);
  for (let hour = hourOf(from); hour < to; hour += HOUR_MS) {
    for await (const lines of readHour(store.objects, {
      hour,
      from,
      to,
      erased,
      check: deadlineCheck(store),
    })) {
      const [line] = lines as [FlowLine, ...FlowLine[]];
      if (!isInRange(line, range) || !seen.add(line)) continue;
      if (legacy.size > 0 && legacy.has(legacyIdOf(line))) continue;
      const { edge_id, site_id, sent_at, interval_s } = line;
      visit({ edge_id, site_id, sent_at, interval_s, flows: lines.map(flowOf) });
    }
  }
}

/** Whether a line belongs to the requested sites and edges. */
export function isInRange(
  { site_id, edge_id }: Pick<FlowLine, 'site_id' | 'edge_id'>,
  range: FlowLogRange,
): boolean {
  return (
    (range.site_id === undefined || range.site_id === site_id) &&
    (range.edge_id === undefined || range.edge_id === edge_id) &&
    (range.includes === undefined || range.includes({ site_id, edge_id }))
  );
}

/**
 * The part of a range that has not expired. A flow that arrived exactly `ttl_hours` ago has
 * expired.
 */
export function unexpiredRange(
  { clock, ttl_hours, as_of = clock() }: FlowLogStore,
  { from, to }: FlowLogRange,
): { from: number; to: number } {
  return { from: Math.max(from, as_of - ttl_hours * HOUR_MS + 1), to };
}

/** Makes a function that throws when the deadline has passed. */
export function deadlineCheck({ clock, deadline }: FlowLogStore): () => void {
  return () => {
    if (clock() >= deadline) throw tooManyFlows();
  };
}

/** The part of a range for which there may be flows of the last release; undefined: none. */
export function legacyRange(
  { clock, as_of = clock() }: FlowLogStore,
  { since_ms = Number.POSITIVE_INFINITY, legacy_until_ms }: FlowLogState,
  range: FlowLogRange,
): FlowLogRange | undefined {
  const to = Math.min(range.to, since_ms);
  return as_of < legacy_until_ms && range.from < to ? { ...range, to } : undefined;
}

export function legacyStore(store: FlowLogStore): LegacyStore {
  const { client, table, clock, deadline, as_of = clock() } = store;
  return { client, table, as_of, check: deadlineCheck(store), is_late: () => clock() >= deadline };
}

/**
 * Visits the flows of the last release.
 * @returns the ids of their reports, which are skipped in objects, where a replay may have put them
 * too
 */
async function visitLegacy(
  store: FlowLogStore,
  {
    state,
    range,
    visit,
  }: { state: FlowLogState; range: FlowLogRange; visit: (report: LoggedReport) => void },
): Promise<Set<string>> {
  const ids = new Set<string>();
  const legacy = legacyRange(store, state, range);
  if (!legacy) return ids;
  const erased = new ErasedAddresses(state.erasures);
  await readLegacyFlows(legacyStore(store), legacy, (report, sk) => {
    ids.add(legacyIdIn(sk));
    if (!isInRange(report, range)) return;
    const flows = report.flows.filter(flow => !erased.has(flow, 0));
    visit({ ...report, flows });
  });
  return ids;
}
