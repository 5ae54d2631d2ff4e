import { ValidationError } from '../../errors.ts';
import { readLanesWhere } from '../../ledger/listing/find-lanes.ts';
import type { BatchGetOptions } from '../../storage/batch-get.ts';
import type { AggregateFilter } from '../aggregate.ts';
import { ALL_TRAFFIC } from '../history-keys.ts';
import type { LaneName } from '../lane-sample.ts';
import type { Range, Retention } from '../resolution.ts';
import { readSilences } from '../silence-spans.ts';
import { readLaneSeries } from './lane-series.ts';
import type { ReportingSpan } from './points.ts';
import { readRangeMarks } from './range-marks.ts';
import { type History, readPolicyHistory, toHistory } from './read-history.ts';

/** The most lane samples that one answer reads: a lane is one at every point. */
const MAX_LANE_SAMPLES = 50_000;

export interface TrafficHistoryRequest {
  range: Range;
  filter: AggregateFilter;
  /** By when an interval must be over, and what is kept as of then, milliseconds. */
  now: number;
  retention: Retention;
  /** Instants of resets, milliseconds. */
  resets?: readonly number[];
  /** When boots reported that were voided and counted for the filter. */
  voids?: readonly ReportingSpan[];
  /** 50,000 by default; memory holds them all. */
  max_lane_samples?: number | undefined;
}

/**
 * The history of all traffic, of a policy, or of what the lanes of a site, an edge or an endpoint carried.
 *
 * @throws ValidationError when too many lanes would be read at too many instants
 */
export async function readTrafficHistory(
  store: BatchGetOptions,
  request: TrafficHistoryRequest,
): Promise<History> {
  const { range, filter, now, retention, resets = [], voids = [] } = request;
  const { max_lane_samples = MAX_LANE_SAMPLES } = request;
  const { policy_id, site_id, edge_id, endpoint_id } = filter;
  if (site_id === undefined && edge_id === undefined && endpoint_id === undefined) {
    const id = policy_id ?? ALL_TRAFFIC;
    return readPolicyHistory(store, { policy_id: id, range, resets, voids, now, retention });
  }
  const lanes: LaneName[] = [];
  for await (const { edge_id, part } of readLanesWhere(store, filter)) lanes.push({ edge_id, part });
  const [{ marks, later, base, begins }, silences] = await Promise.all([
    readRangeMarks(store, { range, now, retention }),
    readSilences(store, { now }),
  ]);
  if (lanes.length * marks.length > max_lane_samples) {
    throw new ValidationError(
      `${lanes.length} lanes at ${marks.length} instants are more than the ${max_lane_samples} samples that one answer reads: ask for a coarser resolution, a shorter range or a single edge.`,
    );
  }
  const selection = { lanes, policy_id, endpoint_id };
  const samples = await readLaneSeries(store, { marks, later, selection });
  return toHistory({ range, samples, marks, base, begins, silences, resets, voids, now });
}
