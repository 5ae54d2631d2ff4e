import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchRow } from './bench-row.ts';
import { type RepeatedCapture, writeRepeated } from './repeated-capture.ts';

const FRAMES = 2_100_000;
const ROUNDS = 9;

/** A program that reads the same capture and keeps its flows. */
interface Peer {
  name: string;
  package: string;
  arguments(capture: string, folder: string): string[];
}

const PEERS: Peer[] = [
  { name: 'softflowd', package: 'softflowd', arguments: capture => ['-d', '-r', capture] },
  { name: 'nfpcapd', package: 'nfdump', arguments: (capture, folder) => ['-r', capture, '-w', folder] },
];

/**
 * Frames a second when counting a capture, compared with softflowd and nfpcapd on the same file.
 */
export async function run(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'patronus-bench-'));
  try {
    const path = join(folder, 'repeated.pcap');
    return measure({ folder, path, capture: writeRepeated(path, FRAMES) });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Bench {
  folder: string;
  path: string;
  capture: RepeatedCapture;
}

/** Rounds alternate, so that a noisy neighbour affects all; the best of each counts. */
function measure(bench: Bench): BenchRow[] {
  const timed = PEERS.map(peer => ({ peer, present: isPresent(peer), whole: Infinity, start: Infinity }));
  let own = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    own = Math.min(own, countingSeconds(bench));
    for (const entry of timed.filter(({ present }) => present)) {
      entry.whole = Math.min(entry.whole, programSeconds(entry.peer, bench.path, bench.folder));
      entry.start = Math.min(entry.start, programSeconds(entry.peer, bench.capture.single, bench.folder));
    }
  }
  return timed.map(({ peer, present, whole, start }) =>
    row({ peer, own, counting: present ? whole - start : undefined, bench }),
  );
}

function countingSeconds({ path, capture }: Bench): number {
  const child = join(import.meta.dirname, 'replay-count.ts');
  const { ms, frames } = JSON.parse(execFileSync(process.execPath, [child, path], { encoding: 'utf8' }));
  if (frames !== capture.frames) {
    throw new Error(`${frames} frames were counted, ${capture.frames} were expected.`);
  }
  return ms / 1000;
}

function programSeconds(peer: Peer, capture: string, folder: string): number {
  const out = join(folder, 'out');
  mkdirSync(out);
  const begun = performance.now();
  execFileSync(peer.name, peer.arguments(capture, out), { stdio: 'ignore' });
  const seconds = (performance.now() - begun) / 1000;
  rmSync(out, { recursive: true });
  return seconds;
}

function isPresent(peer: Peer): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${peer.name}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

interface Result {
  peer: Peer;
  own: number;
  /**
   * The peer's seconds for the whole capture, minus those for the capture without repetitions,
   * which are its start and end; undefined if the peer is missing.
   */
  counting: number | undefined;
  bench: Bench;
}

function row({ peer, own, counting, bench: { capture } }: Result): BenchRow {
  const rate = (seconds: number) => capture.frames / seconds / 1e6;
  const size = `${(capture.frames / 1e6).toFixed(1)} million frames of ${capture.source}`;
  return {
    name: `replay: counting a capture, beside ${peer.name}`,
    value: rate(own),
    unit: 'M frames/s',
    peer: peer.name,
    peer_value: counting === undefined ? null : rate(counting),
    ratio: counting === undefined ? null : counting / own,
    threshold: 'ratio >= 2',
    ok: counting === undefined ? null : counting / own >= 2,
    note:
      counting === undefined
        ? `${size}; ${peer.name} is missing: install Debian's package ${peer.package}`
        : `${size}; without starting the programs`,
  };
}
