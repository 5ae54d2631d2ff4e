import { describe, expect, it } from 'vitest';
import {
  isNotAuthentic,
  needsNewBoot,
  REJECTION_REASONS,
  type RejectionCode,
  ReportRejected,
} from '../../../core/report/rejection.ts';

const CODES = Object.keys(REJECTION_REASONS) as RejectionCode[];

describe('a rejected report', () => {
  it('has a sentence for its reason, with the value found', () => {
    const cause = new Error('why');
    const rejected = new ReportRejected('not_utf8', 'byte 7', { cause });
    expect(rejected).toMatchObject({ code: 'not_utf8', errorType: 'ValidationError', cause });
    expect(rejected.message).toBe('The record is not UTF-8 text; encode the JSON as UTF-8 (byte 7).');
    expect(new ReportRejected('not_utf8').message).toBe(
      'The record is not UTF-8 text; encode the JSON as UTF-8.',
    );
  });

  it('needs a new boot if it contradicts its boot, and in no other case', () => {
    expect(CODES.filter(needsNewBoot)).toEqual([
      ...['total_went_down', 'contradicts_boot', 'seq_jumped'],
      ...['boot_too_large', 'parts_changed', 'boot_voided'],
    ]);
  });

  it('may come from anyone if its signature is missing or wrong, and in no other case', () => {
    expect(CODES.filter(isNotAuthentic)).toEqual(['unsigned', 'bad_signature', 'unknown_key']);
  });
});
