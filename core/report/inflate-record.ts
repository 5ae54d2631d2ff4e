import { constants, gunzipSync, type ZlibOptions } from 'node:zlib';
import { ReportRejected } from './rejection.ts';
import { REPORT_LIMITS } from './report.ts';

/** Largest gzip record: no compressor makes 256 KiB longer than this. */
const MAX_GZIP_BYTES = REPORT_LIMITS.maxJsonBytes * 1.125 + 1024;

/**
 * Above this, a record is inflated in steps, so that a record with much input and little output is
 * rejected after one step.
 */
const STEPS_FROM_BYTES = 96 * 1024;

const STEP_BYTES = 48 * 1024;

/** Minimum output per input byte, less a constant for the header and the beginning. */
const MIN_OUTPUT_RATIO = 0.75;
const HEAD_BYTES = 4096;

/**
 * The bytes of a record, inflated if it is gzip, which its magic number shows. Output is limited to
 * the size of a report, and input with little output is rejected: deflate can produce nothing from
 * many bytes.
 *
 * @throws ReportRejected
 */
export function inflate(record: Uint8Array): Uint8Array {
  const gzipped = record[0] === 0x1f && record[1] === 0x8b;
  if (!gzipped) return record;
  if (record.length > MAX_GZIP_BYTES) throw new ReportRejected('too_large', `${record.length} bytes of gzip`);
  if (record.length > STEPS_FROM_BYTES) checkSteps(record);
  return gunzip(record, {
    chunkSize: Math.min(Math.max(1024, statedSize(record) + 1), REPORT_LIMITS.maxJsonBytes),
  });
}

/**
 * The size after inflating that the trailer of a gzip record states; 0 if there is no trailer. It
 * may be wrong.
 */
export function statedSize(gzipped: Uint8Array): number {
  const end = gzipped.length;
  if (end < 18) return 0;
  const low = gzipped[end - 4]! | (gzipped[end - 3]! << 8) | (gzipped[end - 2]! << 16);
  return low + gzipped[end - 1]! * 0x1000000;
}

function checkSteps(record: Uint8Array): void {
  for (let end = STEP_BYTES; end < record.length; end += STEP_BYTES) {
    const { length } = gunzip(record.subarray(0, end), { finishFlush: constants.Z_SYNC_FLUSH });
    if (length < end * MIN_OUTPUT_RATIO - HEAD_BYTES) {
      throw new ReportRejected('bad_gzip', `the first ${end} bytes hold ${length}`);
    }
  }
}

function gunzip(record: Uint8Array, options: ZlibOptions): Uint8Array {
  try {
    return gunzipSync(record, { maxOutputLength: REPORT_LIMITS.maxJsonBytes, ...options });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new ReportRejected('too_large', 'gzip-compressed', { cause });
    }
    throw new ReportRejected('bad_gzip', (cause as Error).message, { cause });
  }
}
