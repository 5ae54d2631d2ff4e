import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { countCapture } from '../../support/count-capture.ts';
import { SHARED_INPUTS } from '../../support/project-files.ts';

interface Expected {
  packets: number;
  bytes: number;
  flows_l4?: number;
  /** Text where the program fails. */
  rc?: string;
}

const present = existsSync(SHARED_INPUTS);
const captures = present ? readdirSync(SHARED_INPUTS).filter(name => /\.pcap(ng)?$/.test(name)) : [];

if (!present) console.warn('Skipped: the inputs of ../shared/data/inputs are not here.');

/** The problems that the program reports, for which it ends with exit code 1. */
const isToldOf = ({ unread, error }: { unread: string[]; error: string | undefined }) =>
  unread.length > 0 || error !== undefined;

describe.skipIf(!present)('inputs that were once miscounted are counted correctly', () => {
  it.each(captures)('%s', name => {
    const expectedFile = join(SHARED_INPUTS, name.replace(/\.pcap(ng)?$/, '.expected.json'));
    const { packets, bytes, flows_l4, rc }: Expected = JSON.parse(readFileSync(expectedFile, 'utf8'));
    const capture = readFileSync(join(SHARED_INPUTS, name));
    for (const pieces of [[capture], Array.from(capture, byte => Buffer.of(byte))]) {
      const counted = countCapture(pieces);
      expect(counted).toMatchObject({
        packets,
        bytes: BigInt(bytes),
        ...(flows_l4 !== undefined && { flows_l4 }),
      });
      expect(isToldOf(counted)).toBe(rc !== undefined);
    }
  });
});
