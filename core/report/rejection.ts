import { PatronusError } from '../errors.ts';
import { REPORT_LIMITS } from './report.ts';

/**
 * Why a record goes to the quarantine: a code for programs, and a sentence for people. The sentence
 * says what is wrong and, after the semicolon, what to change, at the edge unless it names another
 * place.
 */
export const REJECTION_REASONS = {
  bad_gzip:
    'The record begins like gzip but can not be decompressed; send the whole output of a gzip compressor, or plain JSON',
  too_large: `The report is over ${REPORT_LIMITS.maxJsonBytes} bytes of JSON; send it in more parts`,
  not_utf8: 'The record is not UTF-8 text; encode the JSON as UTF-8',
  not_json: 'The record is not JSON; send one report as one JSON object',
  too_deep: `The report is nested deeper than ${REPORT_LIMITS.maxDepth} levels; send no fields that are nested deeper`,
  too_complex:
    'The report has more values, objects or names of fields than 256 KiB of policies, flows and paths can have; send no other fields',
  wrong_version:
    'The report has a version that this system does not read, it reads version 1; send version 1, or deploy a release that reads it',
  bad_field: 'A field of the report is missing or is not what it must be; send it as expected',
  negative_count: 'A count is negative; send totals, which begin at 0',
  fractional_count: 'A count is a fraction; send packets, bytes and flows as whole numbers',
  inexact_count:
    'A count above 2^53 is sent as a JSON number, which is not exact; send it as a string of digits',
  count_too_large: 'A count is above 2^63 − 1; start a new boot, whose counts begin at 0',
  too_many_policies: `A part has more than ${REPORT_LIMITS.maxPolicies} policies; send the report in more parts`,
  too_many_entries: 'A list of the report has too many entries; send the report in more parts',
  duplicate_pair: 'The report has two totals of one policy and endpoint; send one total for both',
  duplicate_path: 'The report has a path twice; send one measurement and one total a path',
  foreign_edge:
    'The report is of another edge than the one under whose partition key it was sent; send edge_id as partition key',
  unsigned:
    'The report is not signed, and only signed reports count for this edge; start the edge with --sign, or find out who else sends under its id',
  bad_signature:
    'The signature of the report is not valid; send each record signed as docs/signed-reports.md says, or find out who else sends under this edge id',
  unknown_key:
    'The report is signed with a key that was not good for this edge when the report arrived; use a key that is registered for the edge, as npm run edge -- key prints it, or find out who else sends under this edge id',
  total_went_down:
    'A total is lower than in an earlier report of the same boot; start a new boot where totals begin again',
  contradicts_boot:
    'A total is higher than in the same or a later report of the same boot: two edges report under one boot, or a boot id was used again; start a new boot',
  seq_jumped:
    'The report number is more than 10,000,000 above the last one of the same boot; start a new boot',
  boot_too_large:
    'One boot has counted under more policies and endpoints than fit into one item; start a new boot',
  parts_changed:
    'The number of parts differs from that of earlier reports of the same boot; start a new boot',
  boot_voided:
    'The boot was voided, so that none of its reports counts; start a new boot, or undo the void with undoVoidBoot and replay the record',
  too_many_pairs:
    'This edge has brought more pairs of policy and endpoint, or more paths, than are kept for one part; use ids that last, and report under a new edge id',
  lane_too_large:
    'The totals of this edge and part no longer fit into one item; start a new boot that sends the report in more parts',
  lane_unreadable:
    'The stored totals of this edge are in a format that this release does not read; deploy the later release again, then replay the record',
  refused:
    'The database refuses what this report would write; compare the report with docs/api.md, and tell the maintainers if it keeps to it',
} as const;

export type RejectionCode = keyof typeof REJECTION_REASONS;

const CONTRADICTIONS: ReadonlySet<RejectionCode> = new Set([
  'total_went_down',
  'contradicts_boot',
  'seq_jumped',
  'boot_too_large',
  'parts_changed',
  'boot_voided',
]);

const NOT_AUTHENTIC: ReadonlySet<RejectionCode> = new Set(['unsigned', 'bad_signature', 'unknown_key']);

/** Whether a report was rejected because its edge did not verifiably send it. */
export function isNotAuthentic(code: RejectionCode): boolean {
  return NOT_AUTHENTIC.has(code);
}

/**
 * Whether a report was rejected because it contradicts its boot, so that the edge has to begin a
 * new one.
 */
export function needsNewBoot(code: RejectionCode): boolean {
  return CONTRADICTIONS.has(code);
}

/**
 * A report that can't be counted. It goes to the quarantine with `code` and `message` and doesn't
 * block its shard.
 */
export class ReportRejected extends PatronusError {
  readonly errorType = 'ValidationError';
  readonly code: RejectionCode;

  /** @param detail the value and its place; appended to the reason's sentence */
  constructor(code: RejectionCode, detail?: string, options?: ErrorOptions) {
    super(`${REJECTION_REASONS[code]}${detail ? ` (${detail})` : ''}.`, options);
    this.code = code;
  }
}
