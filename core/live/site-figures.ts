import { presentActiveFlows } from '../answers/present-active-flows.ts';
import { presentRate } from '../answers/present-rate.ts';
import { ValidationError } from '../errors.ts';
import { readLanesAt } from '../history/lane-sample.ts';
import type { SnapshotMark } from '../history/sample.ts';
import { readLastMark } from '../history/sample-store.ts';
import { HeardEdges } from '../inventory/edges/completeness.ts';
import type { ServedEdge } from '../inventory/edges/edge-service.ts';
import { readServedEdgesBySite } from '../inventory/edges/read-edges.ts';
import { readSiteNames } from '../inventory/sites/site-names.ts';
import { joinSpans, type RatedSpan, ratedSpan } from '../ledger/lane/lane-rates.ts';
import type { WholeLane } from '../ledger/lane/lane-totals.ts';
import type { SilenceOptions } from '../ledger/lane/silence.ts';
import { type Correction, readCorrections } from '../ledger/voids/corrections.ts';
import { shownTotals } from '../ledger/voids/shown-totals.ts';
import type { StoreContext } from '../storage/store-context.ts';
import type { LiveFigure, ReadFigures } from './figure.ts';

/** Maximum of lanes that one function sums in its time; larger networks are queried by site. */
const MOST_LANES = 20_000;

/** The figures of all sites at the snapshot of a minute, used until the next one. */
export interface HeldSites extends ReadFigures {
  taken_at: number;
}

/**
 * The traffic of each site's edges, from the lanes in the last snapshot. The lanes are read once a
 * minute for any number of calls. Without a snapshot there are no figures.
 *
 * @throws ValidationError for a network with more than 20,000 lanes · Throttled at the deadline
 */
export async function readSiteFigures(
  context: StoreContext,
  memory: SilenceOptions & { sites?: HeldSites },
): Promise<ReadFigures> {
  const store = { client: context.client, table: context.tables.traffic };
  const mark = await readLastMark(store, { resolution: 'MINUTE', before: context.clock() });
  if (!mark) return { as_of_ms: context.clock(), items: [] };
  if (mark.lanes > MOST_LANES) throw tooLarge();
  if (memory.sites?.taken_at !== mark.taken_at) {
    memory.sites = { taken_at: mark.taken_at, ...(await sumSites(context, mark, memory)) };
  }
  return memory.sites;
}

interface SiteSums {
  lanes: WholeLane[];
  edges: ServedEdge[];
}

async function sumSites(
  context: StoreContext,
  mark: SnapshotMark,
  { silent_after_s }: SilenceOptions,
): Promise<ReadFigures> {
  const store = { client: context.client, table: context.tables.traffic };
  const [served, corrections] = await Promise.all([readServedEdgesBySite(context), readCorrections(context)]);
  const sites = new Map<string, SiteSums>();
  for (const [id, edges] of served) sites.set(id, { edges, lanes: [] });
  for await (const page of readLanesAt(store, mark)) {
    for (const { lane } of page) {
      if (!lane) continue;
      const site = sites.get(lane.site_id) ?? { edges: [], lanes: [] };
      sites.set(lane.site_id, site);
      site.lanes.push(lane);
    }
  }
  const names = await readSiteNames(context, sites.keys());
  const sumAt = { mark, corrections, silent_after_s };
  const items = Array.from(names, ([id, name]) => ({ ...siteFigure(id, sites.get(id)!, sumAt), name }));
  return { as_of_ms: mark.taken_at, items };
}

function siteFigure(
  id: string,
  { lanes, edges }: SiteSums,
  {
    mark,
    corrections,
    silent_after_s,
  }: { mark: SnapshotMark; corrections: readonly Correction[] } & SilenceOptions,
): LiveFigure {
  const sum = { packets: 0n, bytes: 0n, active_flows: 0, bit_rate: 0, packet_rate: 0, rated_pairs: 0 };
  let span: RatedSpan | undefined;
  const heard = new HeardEdges(edges, mark.taken_at, { silent_after_s });
  for (const lane of lanes) {
    heard.add(lane);
    span = joinSpans(span, ratedSpan(lane));
    for (const pair of shownTotals(lane, corrections)) {
      sum.packets += pair.packets;
      sum.bytes += pair.bytes;
      sum.active_flows += pair.active_flows;
      sum.bit_rate += pair.bit_rate;
      sum.packet_rate += pair.packet_rate;
      sum.rated_pairs += pair.rated_pairs;
    }
  }
  const { edges_expected, edges_heard } = heard.completenessAt(mark.at);
  return {
    id,
    packets_exact: String(sum.packets),
    bytes_exact: String(sum.bytes),
    active_flows: presentActiveFlows(sum.active_flows),
    rate: presentRate(sum, span),
    complete_share: edges_expected === 0 ? null : edges_heard / edges_expected,
  };
}

function tooLarge(): ValidationError {
  const most = MOST_LANES.toLocaleString('en');
  return new ValidationError(
    `This network has more than ${most} lanes, which is the maximum for figures of all sites. Query endpointStats for one site.`,
  );
}
