import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type FlowLine, isSameReport, parseLines } from './flow-line.ts';

/** Bytes of text that are inflated and parsed at once. */
const CHUNK_BYTES = 512 * 1024;

const LINE_END = 0x0a;

/**
 * The lines of an object by report, several reports at a time; memory holds one chunk. Inflates in
 * another thread.
 * @throws Error if the body is not gzip · SyntaxError if it has no valid lines
 */
export async function* reportsOf(body: Uint8Array): AsyncGenerator<FlowLine[][]> {
  let report: FlowLine[] = [];
  for await (const lines of linesOf(body)) {
    const whole: FlowLine[][] = [];
    for (const line of lines) {
      if (report.length > 0 && !isSameReport(report[0]!, line)) {
        whole.push(report);
        report = [];
      }
      report.push(line);
    }
    if (whole.length > 0) yield whole;
  }
  if (report.length > 0) yield [report];
}

async function* linesOf(body: Uint8Array): AsyncGenerator<FlowLine[]> {
  let begun: Buffer[] = [];
  const inflated = Readable.from([body]).pipe(createGunzip({ chunkSize: CHUNK_BYTES }));
  for await (const chunk of inflated as AsyncIterable<Buffer>) {
    const end = chunk.lastIndexOf(LINE_END) + 1;
    if (end === 0) {
      begun.push(chunk);
      continue;
    }
    begun.push(chunk.subarray(0, end));
    const text = begun.length === 1 ? begun[0]! : Buffer.concat(begun);
    begun = [chunk.subarray(end)];
    yield parseLines(text.toString());
  }
  if (begun.some(piece => piece.length > 0))
    throw new SyntaxError('An object of the flow log ends in the middle of a line.');
}
