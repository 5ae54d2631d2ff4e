import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { outcomeOf, type ProbeOutcome } from './probe-outcome.ts';

/**
 * Default port if an endpoint's address has none. Whether the port is open or closed, the answer
 * takes one round trip.
 */
export const TCP_PORT = 443;

export interface TcpProbeOptions {
  host: string;
  port: number;
  /** Source address of the connections; default: chosen by the route to the host. */
  local_address?: string | undefined;
  count?: number;
  /** Between two probes. */
  interval_ms?: number;
  /** How long an answer may take. */
  wait_ms?: number;
}

/**
 * Opens connections and measures how long that takes, which is one round trip. A refusal also
 * counts as an answer. For endpoints where no edge answers echoes.
 * @throws if the address can't be tried, such as a name that can't be resolved
 */
export async function probeByConnecting({
  count = 5,
  interval_ms = 50,
  wait_ms = 1000,
  ...way
}: TcpProbeOptions): Promise<ProbeOutcome> {
  const trips = Array.from({ length: count }, async (_, number) => {
    await delay(number * interval_ms);
    return connectOnce({ ...way, wait_ms });
  });
  return outcomeOf(await Promise.all(trips), wait_ms);
}

/** Errors that a probe counts as a loss. */
const LOST = new Set(['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ECONNRESET']);

function connectOnce({
  host,
  port,
  local_address,
  wait_ms,
}: Omit<TcpProbeOptions, 'count' | 'interval_ms'> & { wait_ms: number }): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const socket = connect({
      host,
      port,
      ...(local_address !== undefined && { localAddress: local_address }),
    });
    const end = (trip: number | undefined) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(trip);
    };
    const timer = setTimeout(() => end(undefined), wait_ms);
    socket.once('connect', () => end(performance.now() - begun));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') return end(performance.now() - begun);
      if (LOST.has(error.code ?? '')) return end(undefined);
      clearTimeout(timer);
      reject(error);
    });
  });
}
