import { ValidationError } from '../../errors.ts';
import { readLanesWhere } from '../../ledger/listing/find-lanes.ts';
import type { BatchGetOptions } from '../../storage/batch-get.ts';
import type { DimensionFilter } from '../../totals/dimension-filter.ts';
import type { LaneName } from '../lane-sample.ts';
import type { Range, Retention } from '../resolution.ts';
import { readSilences } from '../silence-spans.ts';
import { readLaneSeries } from './lane-series.ts';
import type { ReportingSpan } from './points.ts';
import { isOfLanes, readPoliciesSamples } from './policies-samples.ts';
import { readRangeMarks } from './range-marks.ts';
import { type History, toHistory } from './read-history.ts';

/** Upper limit of the lane samples that one answer reads: one for each lane and point. */
const MAX_LANE_SAMPLES = 50_000;

export interface TrafficHistoryRequest {
  range: Range;
  filter: DimensionFilter;
  /** Intervals must have ended by then, and the retention is applied at that time, milliseconds. */
  now: number;
  retention: Retention;
  /** Instants of resets, milliseconds. */
  resets?: readonly number[];
  /** When voided boots reported that had counted for the filter. */
  voids?: readonly ReportingSpan[];
  /** Default: 50,000. All of them are in memory at the same time. */
  max_lane_samples?: number | undefined;
}

/**
 * The history of all traffic, of a policy, or of the lanes of a site, an edge or an endpoint.
 *
 * @throws ValidationError when it would read too many lanes at too many instants
 */
export async function readTrafficHistory(
  store: BatchGetOptions,
  request: TrafficHistoryRequest,
): Promise<History> {
  const { range, filter, now, retention, resets = [], voids = [] } = request;
  const { max_lane_samples = MAX_LANE_SAMPLES } = request;
  const [around, silences] = await Promise.all([
    readRangeMarks(store, { range, now, retention }),
    readSilences(store, { now }),
  ]);
  const { marks, later, base, begins } = around;
  const frame = { range, marks, base, begins, silences, resets, voids, now };
  if (!isOfLanes(filter)) {
    return toHistory({ ...frame, samples: await readPoliciesSamples(store, filter, around) });
  }
  const lanes: LaneName[] = [];
  for await (const { edge_id, part } of readLanesWhere(store, filter)) lanes.push({ edge_id, part });
  if (lanes.length * marks.length > max_lane_samples) {
    throw new ValidationError(
      `${lanes.length} lanes at ${marks.length} instants are more than the ${max_lane_samples} samples that one answer reads: ask for a coarser resolution, a shorter range or a single edge.`,
    );
  }
  const samples = await readLaneSeries(store, { marks, later, selection: { lanes, filter } });
  return toHistory({ ...frame, samples });
}
