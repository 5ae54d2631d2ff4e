import { ownAddress } from './own-address.ts';
import type { ProbeAnswer, ProbeOutcome } from './probe-outcome.ts';
import { familyOf, type Resolve, systemResolve } from './resolve-host.ts';
import { splitAddress } from './split-address.ts';
import { probeByConnecting, TCP_PORT } from './tcp-connect.ts';
import { ECHO_PORT, probeByEcho } from './udp-echo.ts';

/** What a probe goes between: endpoints' addresses as the inventory has them. */
export interface ProbeWay {
  target: string;
  /**
   * The edge's own end: where this machine has that address, probes leave from it and so take its
   * way.
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
 * Measures the way to an endpoint with real packets: UDP echoes to the port that its address names,
 * then to the edges' own port, which the edge there sends back; and where none comes back, TCP
 * connections to the address. Answers in well under the 10 s that somebody may be waiting. A name
 * is looked up once, in the family of the edge's own end. Never rejects.
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
    // The port may be the tunnel's own, which answers nobody.
    if (port !== undefined && port !== ECHO_PORT) {
      const others = await echo({ ...way, port: ECHO_PORT });
      if (others.received > 0) return measured('UDP_ECHO', others, now());
    }
    const connects = await connect({ ...way, port: port ?? TCP_PORT });
    // Nothing answered at all: the edges' own probes say it best.
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
