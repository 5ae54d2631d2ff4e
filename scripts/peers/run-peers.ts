import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Recorder } from '../../core/recorder/recorder.ts';
import { makeCounter } from '../../edge/cli/make-counter.ts';
import { InputNotes } from '../../edge/counting/input-notes.ts';
import { COLLECTORS } from './collectors.ts';
import { EXPORTERS } from './exporters.ts';
import { peerCapture } from './peer-capture.ts';
import { isInstalled, runTool } from './run-tool.ts';

const FIXTURES = fileURLToPath(new URL('../../test/fixtures/exporters/', import.meta.url));

/** One recorded output of real tools: its file, and tshark's counts of the same capture. */
export interface RecordedOutput {
  file: string;
  format: 'nfdump' | 'goflow2';
  exporter: string;
  collector: string;
  sampled: boolean;
  packets: number;
  bytes: number;
}

/** Compares this edge's counts with tshark's; returns the exit code. */
export async function runPeers({ record }: { record: boolean }): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'patronus-peers-'));
  const outputs: RecordedOutput[] = [];
  let failed = 0;
  try {
    if (!isInstalled('tshark')) {
      console.log('Skipped: tshark is not installed (apt-get install tshark).');
      return 0;
    }
    for (const exporter of EXPORTERS) {
      const capture = join(folder, `${exporter.name}.pcap`);
      const { file, packets } = peerCapture({ more: exporter.more_flows ?? false });
      writeFileSync(capture, file);
      for (const collector of COLLECTORS) {
        const { protocol, filter } = exporter;
        const name = `${exporter.name}-${collector.format}`;
        const missing = [exporter.program, collector.program(protocol)].filter(
          program => !isInstalled(program),
        );
        if (missing.length > 0) {
          console.log(`- ${name}: skipped, ${missing.join(' and ')} not installed`);
          continue;
        }
        const work = join(folder, name);
        mkdirSync(work);
        const text = await collector.collect({
          protocol,
          folder: work,
          send: port => exporter.send({ capture, packets, port, folder: work }),
        });
        const sampled = protocol === 'sflow';
        const layer = sampled && collector.format === 'nfdump' ? 2 : 3;
        const expected = tsharkTotals(capture, filter, layer);
        const counted = count(text, collector.format);
        const isSame = counted.packets === expected.packets && counted.bytes === expected.bytes;
        if (!isSame) failed++;
        console.log(
          `${isSame ? '✓' : '✗'} ${name}: ${JSON.stringify(counted)}, tshark ${JSON.stringify(expected)}`,
        );
        outputs.push({
          file: `${name}.json`,
          format: collector.format,
          exporter: versionOf(exporter.program),
          collector: versionOf(collector.program(protocol)),
          sampled,
          ...expected,
        });
        if (record) writeFileSync(join(FIXTURES, `${name}.json`), text);
      }
    }
    if (record) {
      const manifest = { tshark: versionOf('tshark'), outputs };
      writeFileSync(join(FIXTURES, 'recorded.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  console.log(`${outputs.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

function count(text: string, format: 'nfdump' | 'goflow2'): { packets: number; bytes: number } {
  const recorder = new Recorder();
  const counter = makeCounter(format, recorder, {
    interval_ms: 60_000,
    scale_sampled: true,
    notes: new InputNotes(),
    onProblem: ({ line, message }) => console.log(`  line ${line}: ${message}`),
  });
  for (const _ of counter.feed(Buffer.from(text)));
  counter.end();
  const { packets, bytes } = recorder.totals();
  return { packets: Number(packets), bytes: Number(bytes) };
}

function tsharkTotals(capture: string, filter: string, layer: 2 | 3): { packets: number; bytes: number } {
  const fields = ['-e', 'frame.len', '-e', 'ip.len', '-e', 'ipv6.plen'];
  const { stdout } = runTool('tshark', ['-r', capture, '-Y', filter, '-T', 'fields', ...fields]);
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map(line => line.split('\t').map(Number));
  // sfcapd counts whole frames with their checksum: it keeps no length of their headers.
  const bytes = rows.map(([frame, v4, v6]) => (layer === 2 ? frame! + FCS_BYTES : v4! > 0 ? v4! : v6! + 40));
  return { packets: rows.length, bytes: bytes.reduce((sum, one) => sum + one, 0) };
}

/** A frame's checksum, which is in sFlow's lengths and not in captures. */
const FCS_BYTES = 4;

const VERSION_OPTIONS: Record<string, string[]> = {
  softflowd: ['-h'],
  tshark: ['-v'],
  pmacctd: ['-V'],
  nfcapd: ['-V'],
  sfcapd: ['-V'],
};

function versionOf(program: string): string {
  if (program === 'goflow2') return `goflow2 ${goVersionOf(program)}`;
  const { stdout, stderr } = runTool(program, VERSION_OPTIONS[program]!);
  const version = /(\d+\.\d+(?:\.\d+)?)/.exec(`${stdout}${stderr}`)?.[1] ?? 'unknown';
  return `${program} ${version}`;
}

/** The version of a module that the Go client has built. */
function goVersionOf(program: string): string {
  const path = runTool('which', [program]).stdout.trim();
  const { stdout } = runTool('go', ['version', '-m', path]);
  return /^\tmod\t\S+\tv(\S+)/m.exec(stdout)?.[1] ?? 'unknown';
}
