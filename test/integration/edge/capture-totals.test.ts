import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { countCapture } from '../../support/count-capture.ts';
import { SHARED_CAPTURES } from '../../support/project-files.ts';

interface Expected {
  packets: number;
  bytes: number;
  flows: number;
  non_ip: number;
}

const present = existsSync(join(SHARED_CAPTURES, 'totals.json'));
const totals: Record<string, Expected> = present
  ? JSON.parse(readFileSync(join(SHARED_CAPTURES, 'totals.json'), 'utf8'))
  : {};

/**
 * After IPv6 extension headers tshark's filter left some out; see the README next to the captures.
 */
const MORE_FLOWS: Record<string, number> = { 'dns_fragmented.pcap': 42 };

if (!present) {
  console.warn('Skipped: the captures of ../shared/data/captures are not here.');
}

describe.skipIf(!present)('real captures are counted as by tshark', () => {
  it.each(Object.entries(totals))('%s', (name, { packets, bytes, flows, non_ip }) => {
    const capture = readFileSync(join(SHARED_CAPTURES, name));
    const expected = {
      packets,
      bytes: BigInt(bytes),
      skipped: non_ip,
      flows_l4: MORE_FLOWS[name] ?? flows,
      error: undefined,
    };
    expect(countCapture(capture)).toMatchObject(expected);
    const pieces = Array.from({ length: Math.ceil(capture.length / 1009) }, (_, i) =>
      capture.subarray(i * 1009, (i + 1) * 1009),
    );
    expect(countCapture(pieces)).toMatchObject(expected);
  });
});
