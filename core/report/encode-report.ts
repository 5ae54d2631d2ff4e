import { gzipSync } from 'node:zlib';
import { limitFlows } from '../totals/other-flows.ts';
import { REPORT_LIMITS, type Report } from './report.ts';
import { splitReport } from './report-parts.ts';

/** The record of one part, ready to be put on the stream. */
export interface EncodedReport {
  part: number;
  /** UTF-8 JSON, gzip-compressed. */
  data: Uint8Array;
}

/**
 * The records of a report, one per part. A part over 256 KiB of JSON lists fewer flows and sums
 * more of them.
 *
 * @throws RangeError when a part is too large even without a single flow listed.
 */
export function encodeReport(whole: Report): EncodedReport[] {
  return splitReport(whole).map(report => ({ part: report.part, data: gzipSync(fittingJson(report)) }));
}

/** Report v1 in its wire format: integers above 2^53 − 1 are text. */
export function reportJson(report: Report): string {
  return JSON.stringify(report, (_, value: unknown) =>
    typeof value === 'bigint' ? wireInteger(value) : value,
  );
}

/** A whole number as a report holds it. */
export function wireInteger(value: bigint): number | string {
  return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value.toString();
}

function fittingJson(report: Report): Buffer {
  for (let limit = report.flows.length; ; limit = Math.floor(limit / 2)) {
    const flows = limit === report.flows.length ? report.flows : limitFlows(report.flows, limit);
    const json = Buffer.from(reportJson({ ...report, flows }));
    if (json.length <= REPORT_LIMITS.maxJsonBytes) return json;
    if (limit > 0) continue;
    const bare = Buffer.from(reportJson({ ...report, flows: [] }));
    if (bare.length <= REPORT_LIMITS.maxJsonBytes) return bare;
    throw new RangeError(
      `Part ${report.part} of a report has ${bare.length} bytes of JSON; ${REPORT_LIMITS.maxJsonBytes} are allowed.`,
    );
  }
}
