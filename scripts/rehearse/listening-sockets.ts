import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Where a socket of TCP waits for connections. */
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
 * Sockets that wait for connections, of /proc/net/tcp or tcp6 (proc(5)): addresses are words of hex
 * in the machine's order.
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

/** Whether only this machine reaches an address, as `parseSocketTable` writes it. */
export function isLoopback(address: string): boolean {
  return (
    address.startsWith('127.') ||
    address === '0:0:0:0:0:0:0:1' ||
    /^0:0:0:0:0:ffff:7f[0-9a-f]{2}:/.test(address)
  );
}

/** The sockets that a group of processes waits for connections on. Linux only. */
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
 * The process group is the third field behind the name, which is in parentheses and may have any
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

/** Processes end while they are looked at. */
function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw cause;
  }
}
