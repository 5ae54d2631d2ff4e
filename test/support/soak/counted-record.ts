import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import {
  addPathCounts,
  noPathCounts,
  PATH_COUNTS,
  type PathCounts,
} from '../../../core/totals/path-counts.ts';
import type { MadeReport, RecordLine, ReportName } from './counted-spool.ts';

export interface Counts {
  packets: bigint;
  bytes: bigint;
}

/** The counts of an edge by its own durable record, over all of its boots. */
export interface CountedEdge {
  site_id: string;
  /** By policy and endpoint, as {@link pairName} writes them. */
  pairs: Map<string, Counts>;
  /** By path id. */
  paths: Map<string, PathCounts>;
}

/** The counts of all edges. */
export interface Counted {
  /** By edge id. */
  edges: Map<string, CountedEdge>;
  /** By policy, from the recorders: they must agree with the sum of the reports. */
  recorded: Map<string, Counts>;
  /** How many reports were stored. */
  reports: number;
  boots: number;
}

export const pairName = (policy_id: string, endpoint_id: string): string => `${policy_id} ${endpoint_id}`;

interface Boot {
  edge_id: string;
  pairs: Map<string, Counts>;
  paths: Map<string, PathCounts>;
}

/** Reads the records of the edges' processes: a report counts if it was in the spool. */
export async function readCounted(files: readonly string[]): Promise<Counted> {
  const made = new Map<string, MadeReport>();
  const boots = new Map<string, Boot>();
  /** By life of a process and edge. */
  const recorded = new Map<string, MadeReport['counted']>();
  const sites = new Map<string, string>();
  let reports = 0;

  function keep(report: MadeReport): void {
    const { edge_id, boot_id, run, site_id } = report;
    reports++;
    recorded.set(`${run} ${edge_id}`, report.counted);
    sites.set(edge_id, site_id);
    const name = `${edge_id} ${boot_id}`;
    const boot = boots.get(name) ?? { edge_id, pairs: new Map(), paths: new Map() };
    boots.set(name, boot);
    for (const [policy_id, endpoint_id, packets, bytes] of report.pairs) {
      boot.pairs.set(pairName(policy_id, endpoint_id), { packets: BigInt(packets), bytes: BigInt(bytes) });
    }
    for (const [path_id, ...counts] of report.paths) boot.paths.set(path_id!, pathCountsOf(counts));
  }

  for (const file of files) {
    // A line that a kill truncated is the last of its file: the next run has its own file.
    for await (const line of createInterface({ input: createReadStream(file) })) {
      const parsed = parseLine(line);
      if (!parsed) continue;
      if ('made' in parsed) made.set(textOf(parsed.made), parsed.made);
      else {
        const name = textOf('kept' in parsed ? parsed.kept : parsed.found);
        const report = made.get(name);
        // Found in the spool and known as stored: it was counted above.
        if (report) keep(report);
        made.delete(name);
      }
    }
  }
  return { edges: edgesOf(boots, sites), recorded: sumRecorded(recorded), reports, boots: boots.size };
}

const textOf = ({ edge_id, boot_id, seq }: ReportName): string => `${edge_id} ${boot_id} ${seq}`;

function parseLine(line: string): RecordLine | undefined {
  try {
    return JSON.parse(line) as RecordLine;
  } catch {
    return undefined;
  }
}

function pathCountsOf(counts: readonly string[]): PathCounts {
  const parsed = noPathCounts();
  PATH_COUNTS.forEach((count, index) => {
    parsed[count] = BigInt(counts[index]!);
  });
  return parsed;
}

function edgesOf(
  boots: ReadonlyMap<string, Boot>,
  sites: ReadonlyMap<string, string>,
): Map<string, CountedEdge> {
  const edges = new Map<string, CountedEdge>();
  for (const { edge_id, pairs, paths } of boots.values()) {
    const edge = edges.get(edge_id) ?? { site_id: sites.get(edge_id)!, pairs: new Map(), paths: new Map() };
    edges.set(edge_id, edge);
    for (const [name, counts] of pairs) addCounts(edge.pairs, name, counts);
    for (const [path_id, counts] of paths) {
      edge.paths.set(path_id, addPathCounts(edge.paths.get(path_id) ?? noPathCounts(), counts));
    }
  }
  return edges;
}

function sumRecorded(recorded: ReadonlyMap<string, MadeReport['counted']>): Map<string, Counts> {
  const sums = new Map<string, Counts>();
  for (const counted of recorded.values()) {
    for (const [policy_id, packets, bytes] of counted) {
      addCounts(sums, policy_id, { packets: BigInt(packets), bytes: BigInt(bytes) });
    }
  }
  return sums;
}

/** Adds to the counts under a name. */
export function addCounts(sums: Map<string, Counts>, name: string, { packets, bytes }: Counts): void {
  const sum = sums.get(name) ?? { packets: 0n, bytes: 0n };
  sums.set(name, { packets: sum.packets + packets, bytes: sum.bytes + bytes });
}
