import type { GraphqlClient } from '../../core/appsync/graphql-client.ts';
import type { Report } from '../../core/report/report.ts';
import { EdgeError } from '../edge-error.ts';
import { type CountedBootQuery, readCountedBoot } from './counted-boot.ts';

interface Totals {
  packets: bigint;
  bytes: bigint;
}

/** How many of the reports that a run sent the system had counted under its boot before it. */
export interface NotNew {
  reports: number;
  of: number;
}

/** Tells whether a boot id that was given had counted other traffic before. */
export interface BootReuse {
  /** Hears of every report that was sent. */
  onSent(report: Report): void;
  /** Of the reports that were sent so far. */
  notNew(): NotNew;
  /** @throws EdgeError when the boot had counted other traffic than this run */
  check(reported: Totals & { boot_id: string }): void;
}

/**
 * A run that is repeated under its boot id is counted once. It is the same run when it has said the
 * same in the report up to which the system had counted the boot, or in its last one.
 */
export async function watchBootReuse(graphql: GraphqlClient, query: CountedBootQuery): Promise<BootReuse> {
  const { edge_id, boot_id } = query;
  const { seqs, packets, bytes } = await readCountedBoot(graphql, query);
  const [seq = 0, ...others] = new Set(seqs.values());
  // Parts that are counted up to different reports are in no report together.
  const isKnown = seq > 0 && others.length === 0;
  const isSame = (totals: Totals): boolean => totals.packets === packets && totals.bytes === bytes;
  const newest = Math.max(0, ...seqs.values());
  const notNew: NotNew = { reports: 0, of: 0 };
  let repeated = !isKnown;
  return {
    notNew: () => ({ ...notNew }),
    onSent(report) {
      notNew.of++;
      if (report.boot_id === boot_id && report.seq <= newest) notNew.reports++;
      if (report.boot_id !== boot_id || report.seq !== seq) return;
      repeated ||= isSame(sumOf(report));
    },
    check(reported) {
      if (repeated || (reported.boot_id === boot_id && isSame(reported))) return;
      throw new EdgeError(
        `${notNewText(notNew)}Boot ${boot_id} of ${edge_id} had counted other traffic before this run: ${packets} packets up to its report ${seq}. A boot id belongs to one run: this run is not counted, or only in part. Repeat it with a --boot-id of its own.`,
      );
    },
  };
}

/** The beginning of a message; empty where all were new. */
export function notNewText({ reports, of }: NotNew): string {
  return reports === 0 ? '' : `${reports} of ${of} reports were not new. `;
}

function sumOf({ policies }: Report): Totals {
  return {
    packets: policies.reduce((sum, totals) => sum + totals.packets, 0n),
    bytes: policies.reduce((sum, totals) => sum + totals.bytes, 0n),
  };
}
