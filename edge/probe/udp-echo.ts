import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { outcomeOf, type ProbeOutcome } from './probe-outcome.ts';

/** Port on which edges answer probes, unless an endpoint's address has another port. */
export const ECHO_PORT = 4791;

// Format of a probe: a mark, the sender's token and the probe's number. An answer has the same
// length, so that the responder can't be used to amplify traffic, and another mark, so that two
// responders never answer each other, even after a forged packet.
const MARK = Buffer.from('PATR');
const ANSWER_MARK = Buffer.from('PATA');
const TOKEN_BYTES = 8;
const PROBE_BYTES = MARK.length + TOKEN_BYTES + 4;

export interface EchoResponder {
  port: number;
  close(): Promise<void>;
}

/** Errors of a bind if the machine does not have the address, or no address of its family. */
const NO_SUCH_ADDRESS = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/**
 * Answers probes of other edges at the first of these addresses that this machine has. Default: all
 * addresses of both families, or of IPv4 if there is no IPv6.
 * @throws if the port is in use
 */
export async function startEchoResponder({
  port = ECHO_PORT,
  addresses = ['::', '0.0.0.0'],
  onProbe = () => {},
}: {
  port?: number;
  addresses?: readonly [string, ...string[]];
  /** Called with the source address of each probe. */
  onProbe?: (address: string) => void;
} = {}): Promise<EchoResponder> {
  const socket = await boundToFirst(addresses, port);
  socket.on('message', (message, from) => {
    if (!isMarked(message, MARK)) return;
    onProbe(from.address);
    ANSWER_MARK.copy(message);
    socket.send(message, from.port, from.address, () => {});
  });
  return {
    port: socket.address().port,
    close: () => new Promise(resolve => socket.close(() => resolve())),
  };
}

export interface EchoProbeOptions {
  /** IPv4 or IPv6 address. */
  host: string;
  port: number;
  /** Source address of the probes; default: chosen by the route to the host. */
  local_address?: string | undefined;
  count?: number;
  /** Between two probes. */
  interval_ms?: number;
  /** How long an answer may take. */
  wait_ms?: number;
}

/**
 * Sends probes to another edge and measures the round-trip times of the answers.
 * @throws if no probe can be sent
 */
export async function probeByEcho({
  host,
  port,
  local_address,
  count = 20,
  interval_ms = 20,
  wait_ms = 1000,
}: EchoProbeOptions): Promise<ProbeOutcome> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  const token = randomBytes(TOKEN_BYTES);
  const sentAt: number[] = [];
  const trips: (number | undefined)[] = Array.from({ length: count });
  let left = count;
  let finish = () => {};
  const all = new Promise<void>(resolve => {
    finish = resolve;
  });
  socket.on('message', message => {
    const arrived = performance.now();
    if (
      !isMarked(message, ANSWER_MARK) ||
      !message.subarray(MARK.length, MARK.length + TOKEN_BYTES).equals(token)
    )
      return;
    const number = message.readUInt32BE(MARK.length + TOKEN_BYTES);
    if (number >= sentAt.length || trips[number] !== undefined) return;
    trips[number] = arrived - sentAt[number]!;
    if (--left === 0) finish();
  });
  // A closed port causes an ICMP message: then there is no answer, as if the probes were lost.
  socket.on('error', () => {});
  try {
    if (local_address !== undefined) await bound(socket, 0, local_address);
    for (let number = 0; number < count; number++) {
      const probe = Buffer.concat([MARK, token, Buffer.alloc(4)]);
      probe.writeUInt32BE(number, MARK.length + TOKEN_BYTES);
      sentAt.push(performance.now());
      await send(socket, probe, { host, port });
      await delay(interval_ms);
    }
    await Promise.race([all, delay(wait_ms)]);
  } finally {
    socket.close();
  }
  return outcomeOf(trips, wait_ms);
}

function send(socket: Socket, probe: Buffer, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(probe, port, host, error => (error ? reject(error) : resolve()));
  });
}

function isMarked(message: Buffer, mark: Buffer): boolean {
  return message.length === PROBE_BYTES && message.subarray(0, mark.length).equals(mark);
}

async function boundToFirst(
  [address, ...others]: readonly [string, ...string[]],
  port: number,
): Promise<Socket> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  try {
    return await bound(socket, port, address);
  } catch (cause) {
    socket.close();
    const [next, ...rest] = others;
    if (next === undefined || !NO_SUCH_ADDRESS.has((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
    return boundToFirst([next, ...rest], port);
  }
}

function bound(socket: Socket, port: number, address: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, address, () => {
      socket.off('error', reject);
      socket.on('error', () => {});
      resolve(socket);
    });
  });
}
