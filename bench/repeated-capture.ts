import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const SHARED = join(import.meta.dirname, '../../shared/data/captures/teams.pcap');
const OWN = join(import.meta.dirname, '../edge/sample/office.pcap');
const HEADER_BYTES = 24;
const RECORD_BYTES = 16;

export interface RepeatedCapture {
  /** What was repeated, for a note. */
  source: string;
  /** The capture that was repeated. */
  single: string;
  frames: number;
  bytes: number;
}

/**
 * Writes a capture of at least `frames` frames by repeating a real one (a little-endian pcap file),
 * or the project's sample if there is none. Each repetition has a second of capture time, with
 * evenly spaced frames, as on a busy link.
 */
export function writeRepeated(path: string, frames: number): RepeatedCapture {
  const single = existsSync(SHARED) ? SHARED : OWN;
  const capture = readFileSync(single);
  const records = recordPlaces(capture);
  const body = capture.subarray(HEADER_BYTES);
  const begin = capture.readUInt32LE(HEADER_BYTES);
  const repetitions = Math.ceil(frames / records.length);
  const file = openSync(path, 'w');
  writeSync(file, capture.subarray(0, HEADER_BYTES));
  for (let i = 0; i < repetitions; i++) {
    for (const [index, at] of records.entries()) {
      capture.writeUInt32LE(begin + i, at);
      capture.writeUInt32LE(Math.floor((index * 1e6) / records.length), at + 4);
    }
    writeSync(file, body);
  }
  closeSync(file);
  return {
    source: single === SHARED ? 'teams.pcap' : 'office.pcap',
    single,
    frames: repetitions * records.length,
    bytes: HEADER_BYTES + repetitions * body.length,
  };
}

function recordPlaces(capture: Buffer): number[] {
  const places: number[] = [];
  for (let at = HEADER_BYTES; at < capture.length; at += RECORD_BYTES + capture.readUInt32LE(at + 8)) {
    places.push(at);
  }
  return places;
}
