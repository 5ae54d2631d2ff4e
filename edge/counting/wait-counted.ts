import type { GraphqlClient } from '../../core/appsync/graphql-client.ts';
import { type Clock, type Sleep, systemClock, systemSleep } from '../../core/time/clock.ts';
import { EdgeError } from '../edge-error.ts';
import type { ReportPosition } from '../reporting/reporter.ts';
import { type NotNew, notNewText } from './boot-reuse.ts';
import { type CountedBoot, readCountedBoot } from './counted-boot.ts';

/** Between two looks at what is counted. */
const POLL_MS = 500;

export interface WaitOptions {
  graphql: GraphqlClient;
  edge_id: string;
  /** See {@link CountedBootQuery}. */
  signs?: boolean | undefined;
  /** What was last reported. */
  position: ReportPosition;
  /** What that report said, all policies together. */
  reported: { packets: bigint; bytes: bigint };
  /** Reports of this run that were counted before it. */
  not_new?: NotNew | undefined;
  /** Without anything more counted for so long, waiting ends. */
  patience_ms?: number;
  /** Hears of every step. */
  onProgress?: (progress: { seq: number; of: number }) => void;
  signal?: AbortSignal;
  clock?: Clock;
  sleep?: Sleep;
}

/**
 * Returns when the system has counted everything up to a position.
 *
 * @throws EdgeError when a report was refused, other traffic is counted under the boot, or nothing
 * more is counted
 */
export async function waitUntilCounted({
  graphql,
  edge_id,
  signs,
  position,
  reported,
  not_new,
  patience_ms = 120_000,
  onProgress = () => {},
  signal,
  clock = systemClock,
  sleep = systemSleep,
}: WaitOptions): Promise<void> {
  let seen = '';
  let seenAt = clock();
  while (!signal?.aborted) {
    const counted = await readCountedBoot(graphql, { edge_id, signs, boot_id: position.boot_id });
    const seqs = Array.from({ length: position.parts }, (_, part) => counted.seqs.get(part) ?? 0);
    const seq = Math.min(...seqs);
    if (seq >= position.seq) {
      if (counted.packets === reported.packets && counted.bytes === reported.bytes) return;
      throw otherTraffic(edge_id, position, { counted, reported, not_new });
    }
    if (counted.refused !== undefined) throw refused(edge_id, position, counted.refused);
    if (seqs.join() !== seen) {
      seen = seqs.join();
      seenAt = clock();
      onProgress({ seq, of: position.seq });
    }
    if (clock() - seenAt >= patience_ms) throw stuck(edge_id, position, { seq, patience_ms });
    await sleep(POLL_MS);
  }
}

function otherTraffic(
  edge_id: string,
  { boot_id, seq }: ReportPosition,
  { counted, reported, not_new }: Pick<WaitOptions, 'reported' | 'not_new'> & { counted: CountedBoot },
): EdgeError {
  return new EdgeError(
    `${not_new ? notNewText(not_new) : ''}The system has counted other traffic under boot ${boot_id} of ${edge_id}: ${counted.packets} packets and ${counted.bytes} bytes, where report ${seq} says ${reported.packets} and ${reported.bytes}. A boot id belongs to one run: repeat this one with a --boot-id of its own. What was refused is in the quarantine (npm run quarantine -- list).`,
  );
}

function refused(edge_id: string, { boot_id }: ReportPosition, reason: string): EdgeError {
  return new EdgeError(
    `The system refused a report of ${edge_id}, boot ${boot_id}, and has not counted it: ${reason} It is in the quarantine (npm run quarantine -- list).`,
  );
}

function stuck(
  edge_id: string,
  position: ReportPosition,
  { seq, patience_ms }: { seq: number; patience_ms: number },
): EdgeError {
  return new EdgeError(
    `The system has counted report ${seq} of ${position.seq} of ${edge_id}, boot ${position.boot_id}, and nothing more for ${patience_ms / 1000} s. The reports are on the stream: look at the ingest function's log and the quarantine (npm run quarantine -- list).`,
  );
}
