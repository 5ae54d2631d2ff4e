import { z } from 'zod';
import type { GraphqlClient } from '../../core/appsync/graphql-client.ts';
import { type Clock, type Sleep, systemClock, systemSleep } from '../../core/time/clock.ts';
import { EdgeError } from '../edge-error.ts';
import type { ReportPosition } from '../reporting/reporter.ts';

const COUNTED = 'query Counted($id: ID!) { edge(id: $id) { parts { part boot_id seq } } }';

const answer = z.object({
  edge: z
    .object({ parts: z.array(z.object({ part: z.number(), boot_id: z.string(), seq: z.number() })) })
    .nullish(),
});

/** Between two looks at what is counted. */
const POLL_MS = 500;

export interface WaitOptions {
  graphql: GraphqlClient;
  edge_id: string;
  /** What was last reported. */
  position: ReportPosition;
  /** Without anything more counted for so long, waiting ends. */
  patience_ms?: number;
  /** Hears of every step. */
  onProgress?: (progress: { seq: number; of: number }) => void;
  signal?: AbortSignal;
  clock?: Clock;
  sleep?: Sleep;
}

/** Returns when the system has counted everything up to a position. @throws EdgeError when it gets stuck. */
export async function waitUntilCounted({
  graphql,
  edge_id,
  position,
  patience_ms = 120_000,
  onProgress = () => {},
  signal,
  clock = systemClock,
  sleep = systemSleep,
}: WaitOptions): Promise<void> {
  let seen = '';
  let seenAt = clock();
  while (!signal?.aborted) {
    const { edge } = answer.parse(await graphql.query(COUNTED, { id: edge_id }));
    const parts = (edge?.parts ?? []).filter(part => part.boot_id === position.boot_id);
    const seqs = Array.from({ length: position.parts }, (_, part) => seqOf(parts, part));
    const seq = Math.min(...seqs);
    if (seq >= position.seq) return;
    if (seqs.join() !== seen) {
      seen = seqs.join();
      seenAt = clock();
      onProgress({ seq, of: position.seq });
    }
    if (clock() - seenAt >= patience_ms) throw stuck(edge_id, position, { seq, patience_ms });
    await sleep(POLL_MS);
  }
}

function seqOf(parts: { part: number; seq: number }[], wanted: number): number {
  return parts.find(({ part }) => part === wanted)?.seq ?? 0;
}

function stuck(
  edge_id: string,
  position: ReportPosition,
  { seq, patience_ms }: { seq: number; patience_ms: number },
): EdgeError {
  return new EdgeError(
    `The system has counted report ${seq} of ${position.seq} of ${edge_id}, boot ${position.boot_id}, and nothing more for ${patience_ms / 1000} s. The reports are on the stream: look at the ingest function’s log and the quarantine (npm run quarantine -- list).`,
  );
}
