import type { FlowKey } from '../../core/policy/flow-key.ts';
import { parseAddress } from '../../core/policy/ip-address.ts';

/** Number of bytes of a frame that are kept: the headers. */
const SNAPLEN = 66;

const ETHERTYPE = { v4: 0x0800, v6: 0x86dd, vlan: 0x8100, arp: 0x0806 } as const;

const ICMP = [1, 58];
const TCP = 6;

/**
 * The first bytes of an Ethernet frame with a packet of a flow, and the length of the whole frame.
 */
export function packetFrame(flow: FlowKey, bytes: number, { vlan }: { vlan?: number } = {}): Frame {
  const six = flow.src.includes(':');
  const headers = [
    ethernet(six ? ETHERTYPE.v6 : ETHERTYPE.v4, vlan),
    six ? ipv6Header(flow, bytes) : ipv4Header(flow, bytes),
    transportHeader(flow, bytes - (six ? 40 : 20)),
  ];
  const frame = Buffer.concat(headers);
  return { head: frame.subarray(0, SNAPLEN), length: headers[0]!.length + bytes };
}

/** An ARP request, which is no IP traffic. */
export function arpFrame(): Frame {
  const head = Buffer.alloc(42);
  ethernet(ETHERTYPE.arp).copy(head);
  head.write('0001080006040001', 14, 'hex');
  return { head, length: 60 };
}

export interface Frame {
  head: Buffer;
  length: number;
}

/** A pcap file's header, for Ethernet with microseconds. */
export function pcapHeader(): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(SNAPLEN, 16);
  header.writeUInt32LE(1, 20);
  return header;
}

/** A frame as a record of a pcap file. */
export function pcapRecord({ head, length }: Frame, at_us: number): Buffer {
  const record = Buffer.alloc(16);
  record.writeUInt32LE(Math.floor(at_us / 1e6), 0);
  record.writeUInt32LE(at_us % 1e6, 4);
  record.writeUInt32LE(head.length, 8);
  record.writeUInt32LE(length, 12);
  return Buffer.concat([record, head]);
}

function ethernet(ethertype: number, vlan?: number): Buffer {
  const addresses = Buffer.from('02005e00000102005e000002', 'hex');
  const tag = vlan === undefined ? [] : [u16(ETHERTYPE.vlan), u16(vlan)];
  return Buffer.concat([addresses, ...tag, u16(ethertype)]);
}

function ipv4Header({ src, dst, protocol }: FlowKey, bytes: number): Buffer {
  const header = Buffer.alloc(20);
  header[0] = 0x45;
  header.writeUInt16BE(bytes, 2);
  header.writeUInt16BE(0x4000, 6);
  header[8] = 64;
  header[9] = protocol;
  addressBytes(src).copy(header, 12);
  addressBytes(dst).copy(header, 16);
  header.writeUInt16BE(checksum(header), 10);
  return header;
}

function ipv6Header({ src, dst, protocol }: FlowKey, bytes: number): Buffer {
  const header = Buffer.alloc(40);
  header[0] = 0x60;
  header.writeUInt16BE(bytes - 40, 4);
  header[6] = protocol;
  header[7] = 64;
  addressBytes(src).copy(header, 8);
  addressBytes(dst).copy(header, 24);
  return header;
}

function transportHeader({ src_port, dst_port, protocol }: FlowKey, bytes: number): Buffer {
  if (ICMP.includes(protocol)) return Buffer.from([protocol === 1 ? 8 : 128, 0, 0, 0, 0, 1, 0, 1]);
  const header = Buffer.alloc(protocol === TCP ? 20 : 8);
  header.writeUInt16BE(src_port, 0);
  header.writeUInt16BE(dst_port, 2);
  if (protocol === TCP) header.writeUInt16BE(0x5018, 12);
  else header.writeUInt16BE(bytes, 4);
  return header;
}

function addressBytes(text: string): Buffer {
  const { family, words } = parseAddress(text)!;
  const bytes = Buffer.alloc(16);
  for (const [i, word] of words.entries()) bytes.writeInt32BE(word, 4 * i);
  return bytes.subarray(0, family === 4 ? 4 : 16);
}

function checksum(header: Buffer): number {
  let sum = 0;
  for (let i = 0; i < header.length; i += 2) sum += header.readUInt16BE(i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
