import { ownAddress } from './own-address.ts';
import type { ProbeAnswer, ProbeOutcome } from './probe-outcome.ts';
import { familyOf, type Resolve, systemResolve } from './resolve-host.ts';
import { splitAddress } from './split-address.ts';
import { probeByConnecting, TCP_PORT } from './tcp-connect.ts';
import { ECHO_PORT, probeByEcho } from './udp-echo.ts';

/** The ends of a probe: endpoints' addresses as in the inventory. */
export interface ProbeWay {
  target: string;
  /**
   * The edge's own end. If this machine has that address, probes are sent from it and so use its
   * link.
   */
  from?: string | undefined;
}

export interface ProbeTools {
  echo?: typeof probeByEcho;
  connect?: typeof probeByConnecting;
  resolve?: Resolve;
  now?: () => number;
}

/**
 * Measures the way to an endpoint with real packets: UDP echoes to the port in its address, then to
 * the default port of edges, which the edge there returns; if there is no answer, TCP connections
 * to the address. It takes much less than the 10 s for which a caller waits. A name is resolved
 * once, in the family of the edge's own end. Never rejects.
 */
export async function probePath(
  { target, from = '' }: ProbeWay,
  {
    echo = probeByEcho,
    connect = probeByConnecting,
    resolve = systemResolve,
    now = Date.now,
  }: ProbeTools = {},
): Promise<ProbeAnswer> {
  const { host: named, port } = splitAddress(target);
  if (named === '') return failed('the endpoint has no address');
  const own = splitAddress(from).host;
  try {
    const host = familyOf(named) ? named : await resolve(named, familyOf(own));
    const way = { host, local_address: ownAddress(own) };
    const echoes = await echo({ ...way, port: port ?? ECHO_PORT });
    if (echoes.received > 0) return measured('UDP_ECHO', echoes, now());
    // The port may be that of the tunnel, which does not answer.
    if (port !== undefined && port !== ECHO_PORT) {
      const others = await echo({ ...way, port: ECHO_PORT });
      if (others.received > 0) return measured('UDP_ECHO', others, now());
    }
    const connects = await connect({ ...way, port: port ?? TCP_PORT });
    // Without any answer, the result of the UDP echoes is the most meaningful.
    if (connects.received === 0) return measured('UDP_ECHO', echoes, now());
    return measured('TCP_CONNECT', connects, now());
  } catch (cause) {
    return failed(`${target} can't be probed: ${(cause as Error).message}`);
  }
}

function measured(method: 'UDP_ECHO' | 'TCP_CONNECT', outcome: ProbeOutcome, now: number): ProbeAnswer {
  return { method, ...outcome, measured_at: new Date(now).toISOString(), error: null };
}

function failed(error: string): ProbeAnswer {
  return {
    method: null,
    sent: 0,
    received: 0,
    latency_ms: null,
    jitter_ms: null,
    measured_at: null,
    error: error.slice(0, 500),
  };
}
