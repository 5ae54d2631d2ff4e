import { fnv1a } from '../hash.ts';
import type { FlowRecord } from '../totals/flow-record.ts';
import type { PolicyTotals } from '../totals/policy-totals.ts';
import { type PathReport, REPORT_LIMITS, type Report } from './report.ts';

/** The ids that determine the part in which totals or flows are sent. */
export type Pair = Pick<PolicyTotals, 'policy_id' | 'endpoint_id'>;

/** Limit of the JSON of a part's pairs; the rest of 256 KiB is for flows, paths and the header. */
const PAIRS_MAX_BYTES = 176 * 1024;

/** Limit of the JSON of a part's paths. */
const PATHS_MAX_BYTES = 56 * 1024;

/** JSON around a path's id, with totals of 19 digits as text. */
const PATH_FRAME_BYTES = 320;

/** JSON around a pair's ids, with counts of 19 digits as text. */
const PAIR_FRAME_BYTES = 140;

/** The part of a (policy, endpoint) pair, always the same: a hash of both ids, modulo `parts`. */
export function partOfPair({ policy_id, endpoint_id }: Pair, parts: number): number {
  return parts === 1 ? 0 : fnv1a(`${policy_id}\u0000${endpoint_id}`) % parts;
}

/** The part of a path, always the same, so that its totals are in one lane. */
function partOfPath({ path_id }: Pick<PathReport, 'path_id'>, parts: number): number {
  return parts === 1 ? 0 : fnv1a(path_id) % parts;
}

/** Content of a boot's reports that is divided into parts. */
export interface PartsContent {
  pairs: readonly Pair[];
  paths?: readonly Pick<PathReport, 'path_id'>[];
}

/** Whether each of `parts` parts stays within the contract's limits with these pairs and paths. */
export function fitsParts({ pairs, paths = [] }: PartsContent, parts: number): boolean {
  const policies = Array.from({ length: parts }, () => new Set<string>());
  const pairBytes = new Array<number>(parts).fill(0);
  for (const pair of pairs) {
    const part = partOfPair(pair, parts);
    policies[part]!.add(pair.policy_id);
    pairBytes[part]! += PAIR_FRAME_BYTES + jsonBytes(pair.policy_id) + jsonBytes(pair.endpoint_id);
    if (policies[part]!.size > REPORT_LIMITS.maxPolicies || pairBytes[part]! > PAIRS_MAX_BYTES) return false;
  }
  const pathBytes = new Array<number>(parts).fill(0);
  for (const path of paths) {
    const part = partOfPath(path, parts);
    pathBytes[part]! += PATH_FRAME_BYTES + jsonBytes(path.path_id);
    if (pathBytes[part]! > PATHS_MAX_BYTES) return false;
  }
  return true;
}

/** The smallest number of parts that these pairs and paths fit in. */
export function partsNeeded(content: PartsContent): number {
  let parts = 1;
  while (parts < REPORT_LIMITS.maxParts && !fitsParts(content, parts)) parts++;
  return parts;
}

/** One report per part, each with its pairs, flows and paths. A part without any is sent too. */
export function splitReport(whole: Report): Report[] {
  const { parts } = whole;
  const policies = Map.groupBy(whole.policies, pair => partOfPair(pair, parts));
  const flows: Map<number, FlowRecord[]> = Map.groupBy(whole.flows, flow => partOfPair(flow, parts));
  const paths = Map.groupBy(whole.paths, path => partOfPath(path, parts));
  return Array.from({ length: parts }, (_, part) => ({
    ...whole,
    part,
    policies: policies.get(part) ?? [],
    flows: flows.get(part) ?? [],
    paths: paths.get(part) ?? [],
  }));
}

function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}
