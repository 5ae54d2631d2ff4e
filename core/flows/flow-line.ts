import type { Report } from '../report/report.ts';
import type { FlowRecord } from '../totals/flow-record.ts';

/** One line of the flow log: a flow in one report. Documented in docs/flows.md. */
export interface FlowLine {
  edge_id: string;
  boot_id: string;
  part: number;
  seq: number;
  /** Place of the flow in its report, from 0. */
  n: number;
  site_id: string;
  policy_id: string;
  endpoint_id: string;
  src: string;
  src_port: number;
  dst: string;
  dst_port: number;
  protocol: number;
  /** A number up to 2^53 − 1, decimal digits above. */
  packets: number | string;
  bytes: number | string;
  /** RFC 3339, UTC. */
  first: string;
  last: string;
  sent_at: string;
  arrived_at: string;
  interval_s: number;
}

/** Times that all lines of a report share, milliseconds since the epoch. */
export interface LineTimes {
  sent_at_ms: number;
  arrived_at_ms: number;
}

/** The lines of a report, each with its line end; empty for a report without flows. */
export function encodeLines(
  report: Pick<Report, 'edge_id' | 'boot_id' | 'part' | 'seq' | 'site_id' | 'interval_s'>,
  flows: readonly FlowRecord[],
  { sent_at_ms, arrived_at_ms }: LineTimes,
): string {
  const { edge_id, boot_id, part, seq, site_id, interval_s } = report;
  // Made once per report, because the text of each flow dominates the cost.
  const head = `{"edge_id":${quoted(edge_id)},"boot_id":${quoted(boot_id)},"part":${part},"seq":${seq},"n":`;
  const site = `,"site_id":${quoted(site_id)},"policy_id":`;
  const tail = `,"sent_at":"${new Date(sent_at_ms).toISOString()}","arrived_at":"${new Date(arrived_at_ms).toISOString()}","interval_s":${interval_s}}\n`;
  let text = '';
  for (const [n, flow] of flows.entries()) {
    text += `${head}${n}${site}${quoted(flow.policy_id)},"endpoint_id":${quoted(flow.endpoint_id)},"src":${quoted(flow.src)},"src_port":${flow.src_port},"dst":${quoted(flow.dst)},"dst_port":${flow.dst_port},"protocol":${flow.protocol},"packets":${count(flow.packets)},"bytes":${count(flow.bytes)},"first":${quoted(flow.first)},"last":${quoted(flow.last)}${tail}`;
  }
  return text;
}

/** Texts that need no escapes in JSON. This test is much faster than JSON.stringify. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

// Half a surrogate pair is not valid text: other programs would refuse the whole object.
function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text.toWellFormed());
}

function count(value: bigint): string {
  return value <= MAX_SAFE ? String(value) : `"${value}"`;
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * Parses a text of lines, the last of which is complete.
 * @throws SyntaxError if the lines are not JSON
 */
export function parseLines(text: string): FlowLine[] {
  if (text === '') return [];
  // Line ends inside values are escaped, so every line end in the text ends a line.
  return JSON.parse(`[${text.slice(0, -1).replaceAll('\n', ',')}]`) as FlowLine[];
}

/** The flow of a line, with exact counts. */
export function flowOf(line: FlowLine): FlowRecord {
  return {
    policy_id: line.policy_id,
    endpoint_id: line.endpoint_id,
    src: line.src,
    src_port: line.src_port,
    dst: line.dst,
    dst_port: line.dst_port,
    protocol: line.protocol,
    packets: BigInt(line.packets),
    bytes: BigInt(line.bytes),
    first: line.first,
    last: line.last,
  };
}

/**
 * Whether two lines belong to the same report. The lines of a report are contiguous in an object.
 */
export function isSameReport(a: FlowLine, b: FlowLine): boolean {
  return a.seq === b.seq && a.part === b.part && a.edge_id === b.edge_id && a.boot_id === b.boot_id;
}
