import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { sha256 } from '../digest.ts';
import type { Report } from '../report/report.ts';
import { encodeLines } from './flow-line.ts';
import { maskHosts } from './mask-hosts.ts';
import { batchKey, hourOf } from './object-key.ts';
import { ReportsSeen } from './reports-seen.ts';

const gzipAsync = promisify(gzip);

/** Nearly as small as with zlib's default, in three quarters of the time (docs/performance.md). */
export const GZIP_LEVEL = 5;

/** Number of reports that are encoded before other work gets a turn. */
const REPORTS_A_TURN = 20;

export const DIGEST_CHARACTERS = 32;

/** A report and the time when it reached the stream, milliseconds since the epoch. */
export interface ArrivedReport {
  report: Report;
  sent_at_ms: number;
  arrived_at_ms: number;
}

/** The object to write for one batch and hour. */
export interface BatchObject {
  key: string;
  body: Uint8Array;
  /** Reports whose flows it contains, repeats included. */
  reports: readonly ArrivedReport[];
}

export interface BatchOptions {
  /** Number of the batch's shard. */
  shard: number;
  /** Keeps networks instead of hosts: IPv4 /24, IPv6 /56. */
  mask_hosts?: boolean | undefined;
}

/**
 * Encodes the flows of a batch as objects, one per hour of arrival, each report once and in one
 * piece. Equal batches give equal objects under equal keys. Compresses in another thread and yields
 * to other work in between.
 */
export async function* batchObjects(
  reports: readonly ArrivedReport[],
  { shard, mask_hosts = false }: BatchOptions,
): AsyncGenerator<BatchObject> {
  const hours = Map.groupBy(reports, ({ arrived_at_ms }) => hourOf(arrived_at_ms));
  for (const ofHour of hours.values()) {
    const seen = new ReportsSeen();
    const texts: string[] = [];
    for (const [index, { report, ...times }] of ofHour.entries()) {
      if (index % REPORTS_A_TURN === 0) await setImmediate();
      if (report.flows.length === 0 || !seen.add(report)) continue;
      texts.push(encodeLines(report, mask_hosts ? maskHosts(report.flows) : report.flows, times));
    }
    if (texts.length === 0) continue;
    const text = Buffer.from(texts.join(''));
    const arrivals = ofHour.map(({ arrived_at_ms }) => arrived_at_ms);
    yield {
      key: batchKey({
        first_ms: arrivals.reduce((a, b) => Math.min(a, b)),
        last_ms: arrivals.reduce((a, b) => Math.max(a, b)),
        shard,
        digest: digestOf(text),
      }),
      body: await gzipAsync(text, { level: GZIP_LEVEL }),
      reports: ofHour,
    };
  }
}

/** Digest of an object's uncompressed content, for its name: 128 bits of SHA-256, hexadecimal. */
function digestOf(text: Uint8Array): string {
  return sha256(text).slice(0, DIGEST_CHARACTERS);
}
