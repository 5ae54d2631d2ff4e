import { describe, expect, it } from 'vitest';
import { watchBootReuse } from '../../../edge/counting/boot-reuse.ts';
import { EdgeError } from '../../../edge/edge-error.ts';
import { makeReport } from '../../support/report-records.ts';

const NAMES = { edge_id: 'edge-1', boot_id: 'boot-1' };

/** The system's counts of `boot-1`: parts by their last report. */
async function reuse(counted: { seq: number; packets: number }[], boot_id = 'boot-1') {
  const parts = counted.map(({ seq, packets }, part) => ({
    part,
    boot_id,
    seq,
    packets_exact: String(packets),
    bytes_exact: String(packets * 100),
  }));
  return watchBootReuse({ query: async () => ({ edge: { parts } }) }, NAMES);
}

const report = (seq: number, packets: bigint) =>
  makeReport({ ...NAMES, seq, policies: [{ policy_id: '7', packets, bytes: packets * 100n }] });

const last = (packets: bigint, boot_id = 'boot-1') => ({ boot_id, packets, bytes: packets * 100n });

const other = (not_new: string) =>
  new EdgeError(
    `${not_new}Boot boot-1 of edge-1 had counted other traffic before this run: 20 packets up to its report 2. A boot id belongs to one run: this run is not counted, or only partly. Repeat it with a new --boot-id.`,
  );

describe('a boot id', () => {
  it.each([
    ['without earlier reports', [], 'boot-1', [report(1, 5n)], last(5n)],
    ['of an edge with another boot', [{ seq: 2, packets: 20 }], 'boot-0', [report(1, 5n)], last(5n)],
    ['of the same run', [{ seq: 2, packets: 20 }], 'boot-1', [report(1, 10n), report(2, 20n)], last(20n)],
    [
      'of the same run, killed before its end',
      [{ seq: 2, packets: 20 }],
      'boot-1',
      [report(1, 10n), report(2, 20n), report(3, 30n)],
      last(30n),
    ],
    ['of the same run in one report', [{ seq: 2, packets: 20 }], 'boot-1', [report(1, 20n)], last(20n)],
    [
      'of a run with parts counted up to different reports',
      [
        { seq: 2, packets: 20 },
        { seq: 1, packets: 1 },
      ],
      'boot-1',
      [report(1, 5n)],
      last(5n),
    ],
  ])('%s is accepted', async (_, counted, boot_id, reports, end) => {
    const watch = await reuse(counted, boot_id);
    for (const each of reports) watch.onSent(each);
    expect(() => watch.check(end)).not.toThrow();
  });

  it.each([
    ['less', [report(1, 5n)], last(5n), '1 of 1 reports were not new. '],
    ['less in as many reports', [report(1, 5n), report(2, 19n)], last(19n), '2 of 2 reports were not new. '],
    ['more', [report(1, 5n), report(2, 25n), report(3, 35n)], last(35n), '2 of 3 reports were not new. '],
    [
      'the same in a boot that followed',
      [report(1, 5n)],
      last(20n, 'boot-1.2'),
      '1 of 1 reports were not new. ',
    ],
    ['without any report', [], last(5n, 'boot-1.2'), ''],
  ])('that has counted other traffic fails the run: %s', async (_, reports, end, not_new) => {
    const watch = await reuse([{ seq: 2, packets: 20 }]);
    for (const each of reports) watch.onSent(each);
    expect(() => watch.check(end)).toThrow(other(not_new));
  });
});
