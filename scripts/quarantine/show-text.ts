import { gunzipSync } from 'node:zlib';
import type { QuarantineEntry, readQuarantined } from '../../core/ingest/read-quarantine.ts';

type QuarantineItem = NonNullable<Awaited<ReturnType<typeof readQuarantined>>>;

/** The number of characters of a record that are shown. */
const SHOWN_CHARACTERS = 4000;

/**
 * One entry of the list: a line that identifies the record, and one with the reason and the remedy.
 */
export function entryLines({
  sk,
  reason,
  message,
  partition_key,
  size,
  replayed_at,
}: QuarantineEntry): string {
  const replayed = replayed_at ? `  replayed ${replayed_at}` : '';
  const record = `${sk}  ${reason}  ${partition_key}  ${size} bytes${replayed}`;
  return `${printable(record)}\n    ${printable(message)}`;
}

/** One entry as a line of JSON, for programs. */
export function entryJson({ sk, pk: _, ...entry }: QuarantineEntry): string {
  const json = JSON.stringify({ place: sk, ...entry });
  return json.replace(/[\u007f-\u009f]/g, character => `\\u00${character.charCodeAt(0).toString(16)}`);
}

/** All data of a record and its content, decompressed if possible. */
export function itemText(item: QuarantineItem): string {
  const { sk, message, partition_key, arrived_at, shard_id, sequence_number, size, sha256, replayed_at } =
    item;
  const facts: [string, string | undefined][] = [
    ['place', sk],
    ['reason', message],
    ['edge', partition_key],
    ['arrived', arrived_at],
    ['stream', `${shard_id} ${sequence_number}`],
    ['size', `${size} bytes${sha256 ? `, the first ${item.data.length} are kept; SHA-256 ${sha256}` : ''}`],
    ['replayed', replayed_at],
  ];
  const lines = facts.flatMap(([name, value]) => (value ? [`${name.padEnd(9)}${printable(value)}`] : []));
  return [...lines, '', contentText(item.data)].join('\n');
}

function contentText(data: Uint8Array): string {
  const text = Buffer.from(inflated(data)).toString('utf8');
  const more = text.length > SHOWN_CHARACTERS ? `\n… ${text.length - SHOWN_CHARACTERS} characters more` : '';
  return `${printable(text.slice(0, SHOWN_CHARACTERS))}${more}`;
}

function inflated(data: Uint8Array): Uint8Array {
  try {
    return gunzipSync(data, { maxOutputLength: 1024 * 1024 });
  } catch {
    return data;
  }
}

// A record may contain escape sequences that a terminal would interpret.
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, '·');
}
