import { openSync, writeSync } from 'node:fs';
import type { Recorder } from '../../../core/recorder/recorder.ts';
import { decodeReport } from '../../../core/report/decode-report.ts';
import { PATH_COUNTS } from '../../../core/totals/path-counts.ts';
import type { Spool, SpoolEntry } from '../../../edge/spool/spool.ts';

/** A report that an edge is about to store. Counts are decimal digits. */
export interface MadeReport extends ReportName {
  /** The run of the process that created it. */
  run: string;
  site_id: string;
  /** The recorder's counts in this run: policy, packets, bytes. */
  counted: [string, string, string][];
  /** Totals of the boot in the report: policy, endpoint, packets, bytes. */
  pairs: [string, string, string, string][];
  /** The same of paths: path, then the counts in the order of PATH_COUNTS. */
  paths: string[][];
}

export interface ReportName {
  edge_id: string;
  boot_id: string;
  seq: number;
}

/**
 * A line of the record. `kept`: the report is in the spool. `found`: an earlier run had stored it.
 */
export type RecordLine = { made: MadeReport } | { kept: ReportName } | { found: ReportName };

/** Appends lines to a file; a written line survives a kill right afterwards. */
export function openRecord(file: string): (line: RecordLine) => void {
  const descriptor = openSync(file, 'a');
  return line => void writeSync(descriptor, `${JSON.stringify(line)}\n`);
}

/**
 * A spool that records every report before it is stored and again afterwards, so that after a kill
 * at any moment the record gives the counts that are due.
 */
export function countedSpool(
  spool: Spool,
  { run, recorder, record }: { run: string; recorder: Recorder; record: (line: RecordLine) => void },
): Spool {
  return {
    ...spool,
    async list() {
      const entries = await spool.list();
      for (const entry of entries.values()) record({ found: nameOf(entry) });
      return entries;
    },
    async write(slot, entry) {
      record({ made: madeReport(entry, run, recorder) });
      await spool.write(slot, entry);
      record({ kept: nameOf(entry) });
    },
  };
}

const nameOf = ({ edge_id, boot_id, seq }: SpoolEntry): ReportName => ({ edge_id, boot_id, seq });

function madeReport(entry: SpoolEntry, run: string, recorder: Recorder): MadeReport {
  const reports = entry.records.map(record => decodeReport(record, entry.edge_id).report);
  return {
    ...nameOf(entry),
    run,
    site_id: reports[0]!.site_id,
    counted: recorder
      .getAllStats()
      .map(({ policy_id, packets_exact, bytes_exact }) => [policy_id, `${packets_exact}`, `${bytes_exact}`]),
    pairs: reports.flatMap(({ policies }) =>
      policies.map(({ policy_id, endpoint_id, packets, bytes }): [string, string, string, string] => [
        policy_id,
        endpoint_id,
        `${packets}`,
        `${bytes}`,
      ]),
    ),
    paths: reports.flatMap(({ paths }) =>
      paths.map(path => [path.path_id, ...PATH_COUNTS.map(count => `${path[count]}`)]),
    ),
  };
}
