import type { FlowRecord } from '../totals/flow-record.ts';
import { IdNumbers } from '../totals/id-numbers.ts';
import { pairKey } from '../totals/pair-key.ts';
import type { PolicyTotals } from '../totals/policy-totals.ts';
import { checkStructure } from './json-structure.ts';
import { ReportRejected } from './rejection.ts';
import { type PathReport, REPORT_LIMITS, type Report } from './report.ts';
import {
  badField,
  type Place,
  type RawObject,
  readAddress,
  readArray,
  readCount,
  readId,
  readInteger,
  readNumber,
  readObject,
  readTime,
} from './report-fields.ts';
import { parseReportJson } from './report-json.ts';
import { lowerUuid } from './uuid-text.ts';

export interface DecodedReport {
  report: Report;
  /** `report.sent_at` in milliseconds since the Unix epoch. */
  sent_at_ms: number;
  /** Fields that this release doesn't know; ignored, so that newer edges may send them. */
  unknown_fields: number;
}

const NOWHERE: Place = {};

/**
 * Reads one record of the stream. It is handwritten instead of a schema, because it runs for every
 * report of every edge.
 *
 * @param partition_key the record's; it must equal the report's `edge_id`, so that no edge counts
 * under another's id
 * @throws ReportRejected when the record is not a report of version 1 within the limits
 */
export function decodeReport(record: Uint8Array, partition_key: string): DecodedReport {
  const { bytes, value } = parseReportJson(record);
  try {
    const decoded = readReport(value, partition_key);
    if (decoded.unknown_fields !== 0) checkStructure(bytes);
    return decoded;
  } catch (cause) {
    // If it is too deep or too complex, that is the better reason.
    checkStructure(bytes);
    throw cause;
  }
}

function readReport(value: unknown, partition_key: string): DecodedReport {
  const raw = readObject(value, NOWHERE);
  if (raw.v !== 1) throw new ReportRejected('wrong_version', versionFound(raw.v));
  const unknown = { fields: fieldCount(raw) - 11 };
  const edge_id = readId(raw, 'edge_id', NOWHERE);
  if (edge_id !== partition_key) {
    throw new ReportRejected(
      'foreign_edge',
      `edge_id is "${edge_id}", the partition key is "${partition_key}"`,
    );
  }
  const parts = readInteger(raw, 'parts', NOWHERE, { min: 1, max: REPORT_LIMITS.maxParts });
  const report: Report = {
    v: 1,
    edge_id,
    site_id: lowerUuid(readId(raw, 'site_id', NOWHERE)),
    boot_id: readId(raw, 'boot_id', NOWHERE),
    seq: readInteger(raw, 'seq', NOWHERE, { max: REPORT_LIMITS.maxSeq }),
    part: readInteger(raw, 'part', NOWHERE, { max: parts - 1 }),
    parts,
    sent_at: readTime(raw, 'sent_at', NOWHERE),
    interval_s: readNumber(raw, 'interval_s', NOWHERE, REPORT_LIMITS.maxIntervalS),
    policies_version: readId(raw, 'policies_version', NOWHERE),
    ...readEstimated(raw, unknown),
    policies: readPolicies(readArray(raw.policies, 'policies', REPORT_LIMITS.maxPairs), unknown),
    flows: readOptionalList(raw, { list: 'flows', max: REPORT_LIMITS.maxFlows, readItem: readFlow }, unknown),
    paths: readPaths(raw, unknown),
  };
  return { report, sent_at_ms: Date.parse(report.sent_at), unknown_fields: unknown.fields };
}

// False is the same as leaving it out.
function readEstimated(raw: RawObject, unknown: Unknown): Pick<Report, 'estimated'> {
  const { estimated } = raw;
  if (estimated === undefined) return {};
  unknown.fields -= 1;
  if (typeof estimated !== 'boolean') {
    throw badField(NOWHERE, 'estimated', 'true or false', estimated);
  }
  return estimated ? { estimated } : {};
}

interface Unknown {
  fields: number;
}

const policyNumbers = new IdNumbers();

function readPolicies(list: unknown[], unknown: Unknown): PolicyTotals[] {
  policyNumbers.begin();
  const totals: PolicyTotals[] = [];
  const place: Place = { list: 'policies', index: 0 };
  for (let index = 0; index < list.length; index++) {
    place.index = index;
    const raw = readObject(list[index], place);
    const policy_id = readId(raw, 'policy_id', place);
    const endpoint_id = readId(raw, 'endpoint_id', place);
    const packets = readCount(raw, 'packets', place);
    const bytes = readCount(raw, 'bytes', place);
    const active_flows = readGauge(raw, 'active_flows', place);
    unknown.fields += fieldCount(raw) - 5;
    totals.push({ policy_id, endpoint_id, packets, bytes, active_flows });
    policyNumbers.numberOf(policy_id);
  }
  const policies = policyNumbers.size;
  if (policies > REPORT_LIMITS.maxPolicies) {
    throw new ReportRejected('too_many_policies', `${policies} policies`);
  }
  // If all policies differ, no pair is duplicate.
  if (policies < totals.length) checkDuplicates(totals);
  return totals;
}

function checkDuplicates(totals: readonly PolicyTotals[]): void {
  const seen = new Set<string>();
  for (const pair of totals) {
    const key = pairKey(pair);
    if (seen.has(key)) {
      const { policy_id, endpoint_id } = pair;
      throw new ReportRejected('duplicate_pair', `policy "${policy_id}", endpoint "${endpoint_id}"`);
    }
    seen.add(key);
  }
}

function readGauge(raw: RawObject, field: string, place: Place): number {
  const value = raw[field];
  // Nearly all gauges need no BigInt. JSON's -0 becomes 0.
  if (
    Number.isInteger(value) &&
    (value as number) >= 0 &&
    (value as number) <= REPORT_LIMITS.maxActiveFlows
  ) {
    return (value as number) + 0;
  }
  const gauge = readCount(raw, field, place);
  if (gauge <= REPORT_LIMITS.maxActiveFlows) return Number(gauge);
  throw new ReportRejected(
    'bad_field',
    `${field} is ${gauge}; expected at most ${REPORT_LIMITS.maxActiveFlows}`,
  );
}

function readFlow(raw: RawObject, place: Place, unknown: Unknown): FlowRecord {
  unknown.fields += fieldCount(raw) - 11;
  return {
    policy_id: readId(raw, 'policy_id', place),
    endpoint_id: readId(raw, 'endpoint_id', place),
    src: readAddress(raw, 'src', place),
    src_port: readInteger(raw, 'src_port', place, { max: 65_535 }),
    dst: readAddress(raw, 'dst', place),
    dst_port: readInteger(raw, 'dst_port', place, { max: 65_535 }),
    protocol: readInteger(raw, 'protocol', place, { max: 255 }),
    packets: readCount(raw, 'packets', place),
    bytes: readCount(raw, 'bytes', place),
    first: readTime(raw, 'first', place),
    last: readTime(raw, 'last', place),
  };
}

function readPath(raw: RawObject, place: Place, unknown: Unknown): PathReport {
  unknown.fields += fieldCount(raw) - 10;
  return {
    path_id: lowerUuid(readId(raw, 'path_id', place)),
    latency_ms: readNumber(raw, 'latency_ms', place, REPORT_LIMITS.maxMilliseconds),
    jitter_ms: readNumber(raw, 'jitter_ms', place, REPORT_LIMITS.maxMilliseconds),
    packet_loss_pct: readNumber(raw, 'packet_loss_pct', place, 100),
    bandwidth_mbps: readNumber(raw, 'bandwidth_mbps', place, REPORT_LIMITS.maxMbps),
    measured_at: readTime(raw, 'measured_at', place),
    tx_packets: readCount(raw, 'tx_packets', place),
    tx_bytes: readCount(raw, 'tx_bytes', place),
    rx_packets: readCount(raw, 'rx_packets', place),
    rx_bytes: readCount(raw, 'rx_bytes', place),
  };
}

function readPaths(raw: RawObject, unknown: Unknown): PathReport[] {
  const paths = readOptionalList(
    raw,
    { list: 'paths', max: REPORT_LIMITS.maxPaths, readItem: readPath },
    unknown,
  );
  if (paths.length < 2) return paths;
  const ids = new Set<string>();
  for (const { path_id } of paths) {
    // Two totals of one path: the lower one would look like a path that was set up again.
    if (ids.has(path_id)) throw new ReportRejected('duplicate_path', `path "${path_id}"`);
    ids.add(path_id);
  }
  return paths;
}

interface OptionalList<T> {
  list: 'flows' | 'paths';
  /** Maximum number of entries. */
  max: number;
  readItem(raw: RawObject, place: Place, unknown: Unknown): T;
}

// An edge that logs no flows or probes no paths may leave the list out.
function readOptionalList<T>(
  raw: RawObject,
  { list, max, readItem }: OptionalList<T>,
  unknown: Unknown,
): T[] {
  const value = raw[list];
  if (value === undefined) return [];
  unknown.fields -= 1;
  return readArray(value, list, max).map((item, index) => {
    const place = { list, index };
    return readItem(readObject(item, place), place, unknown);
  });
}

function fieldCount(raw: RawObject): number {
  let count = 0;
  for (const _ in raw) count++;
  return count;
}

function versionFound(version: unknown): string {
  if (version === undefined) return 'v is missing';
  return `v is ${JSON.stringify(version).slice(0, 40)}`;
}
