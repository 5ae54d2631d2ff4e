import type { ProbeAnswer } from '../commands/edge-api.ts';
import type { ProbeOutcome } from './probe-outcome.ts';
import { probeByConnecting, TCP_PORT } from './tcp-connect.ts';
import { ECHO_PORT, probeByEcho } from './udp-echo.ts';

export interface ProbeTools {
  echo?: typeof probeByEcho;
  connect?: typeof probeByConnecting;
  now?: () => number;
}

/**
 * Measures the way to an endpoint with real packets: UDP echoes, which the edge there sends back, and where none comes back, TCP
 * connections to the address itself. Answers in well under the 10 s that somebody may be waiting. Never rejects.
 */
export async function probePath(
  target: string,
  { echo = probeByEcho, connect = probeByConnecting, now = Date.now }: ProbeTools = {},
): Promise<ProbeAnswer> {
  const { host, port } = splitAddress(target);
  if (host === '') return failed('the endpoint has no address');
  try {
    const echoes = await echo({ host, port: port ?? ECHO_PORT });
    if (echoes.received > 0) return measured('UDP_ECHO', echoes, now());
    const connects = await connect({ host, port: port ?? TCP_PORT });
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

/** `host`, `host:port`, `IPv6` or `[IPv6]:port`, as endpoints' addresses are written. */
export function splitAddress(target: string): { host: string; port: number | undefined } {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(target);
  const simple = /^([^:]+)(?::(\d+))?$/.exec(target);
  const [, host = target, port] = bracketed ?? simple ?? [];
  return { host, port: port === undefined ? undefined : Number(port) };
}
