import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The address on which a TCP socket listens. */
export interface ListeningSocket {
  address: string;
  port: number;
}

interface TableRow extends ListeningSocket {
  inode: string;
}

/** State `LISTEN` in /proc/net/tcp. */
const LISTEN = '0A';

/**
 * Listening sockets from /proc/net/tcp or tcp6 (proc(5)): addresses are hexadecimal words in the
 * machine's byte order.
 */
export function parseSocketTable(text: string): TableRow[] {
  const rows = text
    .trim()
    .split('\n')
    .slice(1)
    .map(line => line.trim().split(/\s+/));
  return rows
    .filter(row => row[3] === LISTEN)
    .map(row => {
      const [address, port] = row[1]!.split(':');
      return { address: addressOf(address!), port: Number.parseInt(port!, 16), inode: row[9]! };
    });
}

function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap(word => [...Buffer.from(word, 'hex')].reverse());
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, i) => (bytes[2 * i]! * 256 + bytes[2 * i + 1]!).toString(16));
  return groups.join(':');
}

/** Whether only this machine can reach an address in the format of `parseSocketTable`. */
export function isLoopback(address: string): boolean {
  return (
    address.startsWith('127.') ||
    address === '0:0:0:0:0:0:0:1' ||
    /^0:0:0:0:0:ffff:7f[0-9a-f]{2}:/.test(address)
  );
}

/** The listening sockets of a process group. Linux only. */
export function socketsOfGroup(group: number): ListeningSocket[] {
  const inodes = new Set(processesOf(group).flatMap(inodesOf));
  return ['/proc/net/tcp', '/proc/net/tcp6']
    .flatMap(table => parseSocketTable(readFileSync(table, 'utf8')))
    .filter(({ inode }) => inodes.has(inode))
    .map(({ address, port }) => ({ address, port }));
}

function processesOf(group: number): string[] {
  return readdirSync('/proc').filter(name => /^\d+$/.test(name) && groupOf(name) === group);
}

/**
 * The process group is the third field after the name, which is in parentheses and may contain any
 * character.
 */
function groupOf(pid: string): number | undefined {
  const stat = unlessGone(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return stat === undefined ? undefined : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
}

function inodesOf(pid: string): string[] {
  const folder = `/proc/${pid}/fd`;
  const names = unlessGone(() => readdirSync(folder)) ?? [];
  return names.flatMap(name => {
    const [, inode] =
      /^socket:\[(\d+)\]$/.exec(unlessGone(() => readlinkSync(`${folder}/${name}`)) ?? '') ?? [];
    return inode === undefined ? [] : [inode];
  });
}

/** A process may end while it is read. */
function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw cause;
  }
}
