import { gzipSync } from 'node:zlib';

/** The edge of all costly records. */
export const COSTLY_EDGE = 'edge-1';

export interface CostlyRecord {
  name: string;
  data: Uint8Array;
}

const MAX_BYTES = 256 * 1024;

const HEAD = `{"v":1,"edge_id":"${COSTLY_EDGE}","site_id":"s","boot_id":"b","seq":1,"part":0,"parts":1,"sent_at":"2026-01-31T12:00:00.000Z","interval_s":60,"policies_version":"1",`;

/**
 * An ordinary record of 256 KiB first, then records that are made to be expensive: few bytes of
 * gzip, many objects, names, values.
 */
export function costlyRecords(): CostlyRecord[] {
  const policies = Array.from({ length: 80 }, (_, p) => pair(p)).join(',');
  const list = (item: (i: number) => string) => filled('"policies":[],"x":[', item, ']}');
  const plain: [string, string][] = [
    ['80 policies and 1,100 flows', filled(`"policies":[${policies}],"paths":[],"flows":[`, flow, ']}')],
    ['pairs of 80 policies', filled('"policies":[', pair, ']}')],
    [
      '1,000 paths',
      `${HEAD}"policies":[],"paths":[${Array.from({ length: 1000 }, (_, p) => path(p)).join(',')}]}`,
    ],
    ['names in one object', filled('"policies":[],"x":{', i => `"${i.toString(36)}":0`, '}}')],
    ['names in the report', filled('"policies":[],', i => `"${i.toString(36)}":0`, '}')],
    ['objects of many shapes', list(i => `{"${i.toString(36)}":0}`)],
    ['objects of many orders', list(i => `{${[1, 7, 11, 13].map(n => `"n${(i * n) % 230}":0`).join(',')}}`)],
    ['empty arrays', list(() => '[]')],
    ['nested arrays', list(() => '[[[[]]]]')],
    ['short texts', list(i => `"${i.toString(36)}"`)],
    ['fewer texts', filled('"policies":[],"x":[', i => `"${(i * 7919).toString(36)}abcd"`, ']}')],
    ['fractions', list(i => `1.${i}e9`)],
    ['one long text of escapes', `${HEAD}"policies":[],"x":"${'\\u00e9'.repeat(43_000)}"}`],
    ['a report that breaks off', filled(`"policies":[${policies}],"flows":[`, flow, '')],
    ['brackets', '['.repeat(MAX_BYTES)],
  ];
  return [
    ...plain.map(([name, json]) => ({ name, data: gzipSync(json) })),
    { name: 'a gzip bomb', data: gzipSync(Buffer.alloc(100_000_000)) },
    { name: 'empty gzip members', data: Buffer.concat(Array(13_000).fill(gzipSync(''))) },
    { name: 'empty deflate blocks, 90 KiB', data: emptyBlocks(90 * 1024) },
    { name: 'empty deflate blocks, 1 MB', data: emptyBlocks(1_000_000) },
    { name: 'empty deflate blocks after 128 KiB that hold something', data: blocksAfter(128 * 1024) },
  ];
}

function pair(i: number): string {
  return `{"policy_id":"${i % 80}","endpoint_id":"w${Math.floor(i / 80)}","packets":${100_000 + i},"bytes":${i * 7000},"active_flows":3}`;
}

function flow(i: number): string {
  return `{"policy_id":"${i % 80}","endpoint_id":"wan1","src":"10.1.${(i >> 8) & 255}.${i & 255}","src_port":51234,"dst":"192.0.2.9","dst_port":443,"protocol":6,"packets":${10 + i},"bytes":${5120 + i},"first":"2026-01-31T12:00:00.000Z","last":"2026-01-31T12:00:59.000Z"}`;
}

function path(i: number): string {
  return `{"path_id":"${i}","latency_ms":1,"jitter_ms":1,"packet_loss_pct":1,"bandwidth_mbps":1,"measured_at":"2026-01-31T12:00:00Z","tx_packets":1,"tx_bytes":1,"rx_packets":1,"rx_bytes":1}`;
}

/** JSON of just under 256 KiB with as many items as fit. */
function filled(before: string, item: (i: number) => string, after: string): string {
  const items: string[] = [];
  let bytes = HEAD.length + before.length + after.length;
  for (let i = 0; ; i++) {
    const text = item(i);
    bytes += text.length + 1;
    if (bytes > MAX_BYTES) return `${HEAD}${before}${items.join(',')}${after}`;
    items.push(text);
  }
}

const GZIP_HEAD = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);

/**
 * gzip of a number of bytes that consist only of deflate blocks with code tables and no content
 * (RFC 1951, 3.2.7).
 */
function emptyBlocks(bytes: number): Uint8Array {
  return Buffer.concat([GZIP_HEAD, blocks(bytes), Buffer.alloc(8)]);
}

/** Incompressible content first, as stored blocks; then as many empty blocks as fit 256 KiB. */
function blocksAfter(bytes: number): Uint8Array {
  const stored: Buffer[] = [];
  for (let left = bytes; left > 0; left -= 32_768) {
    const head = Buffer.from([0, 0, 0x80, 0xff, 0x7f]);
    stored.push(head, Buffer.alloc(32_768, ' '));
  }
  return Buffer.concat([GZIP_HEAD, ...stored, blocks(MAX_BYTES - bytes), Buffer.alloc(8)]);
}

/** The order of the lengths of the code length codes. */
const CODE_LENGTHS = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1];

function blocks(bytes: number): Buffer {
  const bits: number[] = [];
  const put = (value: number, count: number): void => {
    for (let bit = 0; bit < count; bit++) bits.push((value >> bit) & 1);
  };
  while (bits.length < bytes * 8 - 200) {
    put(0b100, 3); // not the last, with code tables
    put(0, 5); // 257 literal codes
    put(0, 5); // 1 distance code
    put(CODE_LENGTHS.length - 4, 4);
    for (const code of CODE_LENGTHS) put(code === 18 || code === 1 ? 1 : 0, 3);
    put(1, 1); // 138 zeros
    put(138 - 11, 7);
    put(1, 1); // 118 zeros
    put(118 - 11, 7);
    put(0, 1); // the end of the block has a code of one bit
    put(0, 1); // so has the one distance
    put(0, 1); // the end of the block
  }
  put(0b011, 3); // the last block, with fixed codes
  put(0, 7);
  const out = Buffer.alloc(Math.ceil(bits.length / 8));
  for (const [index, bit] of bits.entries()) out[index >> 3]! |= bit << (index & 7);
  return out;
}
