import type { GraphqlClient } from '../../core/appsync/graphql-client.ts';
import type { Report } from '../../core/report/report.ts';
import { EdgeError } from '../edge-error.ts';
import { type CountedBootQuery, readCountedBoot } from './counted-boot.ts';

interface Totals {
  packets: bigint;
  bytes: bigint;
}

/** How many of a run's reports the system had already counted under the same boot id. */
export interface NotNew {
  reports: number;
  of: number;
}

/** Detects whether a given boot id has already counted other traffic. */
export interface BootReuse {
  /** Must be called for every sent report. */
  onSent(report: Report): void;
  /** The result for the reports that were sent so far. */
  notNew(): NotNew;
  /** @throws EdgeError if the boot has counted other traffic than this run */
  check(reported: Totals & { boot_id: string }): void;
}

/**
 * A run that is repeated under its boot id is counted once. It is the same run if its report with
 * the number up to which the system has counted the boot, or its last report, has the same totals.
 */
export async function watchBootReuse(graphql: GraphqlClient, query: CountedBootQuery): Promise<BootReuse> {
  const { edge_id, boot_id } = query;
  const { seqs, packets, bytes } = await readCountedBoot(graphql, query);
  const [seq = 0, ...others] = new Set(seqs.values());
  // If parts are counted up to different reports, no report contains their sum.
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
        `${notNewText(notNew)}Boot ${boot_id} of ${edge_id} had counted other traffic before this run: ${packets} packets up to its report ${seq}. A boot id belongs to one run: this run is not counted, or only partly. Repeat it with a new --boot-id.`,
      );
    },
  };
}

/** The beginning of a message; empty if all reports were new. */
export function notNewText({ reports, of }: NotNew): string {
  return reports === 0 ? '' : `${reports} of ${of} reports were not new. `;
}

function sumOf({ policies }: Report): Totals {
  return {
    packets: policies.reduce((sum, totals) => sum + totals.packets, 0n),
    bytes: policies.reduce((sum, totals) => sum + totals.bytes, 0n),
  };
}
