import { gzipSync } from 'node:zlib';

/** The size of a simulated network. */
export interface Shape {
  edges: number;
  policies: number;
  /** Paths that an edge measures: those whose source is its site. */
  paths: number;
  /** Flows that a report lists. */
  flows: number;
  /** Seconds between two reports of an edge. */
  interval_s: number;
  /** The time to collect reports before ingest is called, seconds. */
  window_s: number;
  /** The number of lanes in a group of the snapshot; left out: the default. */
  lanes_a_group?: number;
}

/** An edge that reports. */
export interface FleetEdge {
  edge_id: string;
  site_id: string;
  path_ids: string[];
}

/** A record of the stream. */
export interface SentReport {
  edge_id: string;
  data: Buffer;
  sent_ms: number;
}

/** Half of the flows are new in each report, as in web traffic; the others continue. */
const HOSTS = 200;

/** An edge's report at an instant, the n-th of a boot; figures grow like counters. */
export function reportOf(
  edge: FleetEdge,
  {
    index,
    seq,
    sent_ms,
    shape,
    policies,
    policies_version = '17',
    failing = false,
  }: {
    index: number;
    seq: number;
    sent_ms: number;
    shape: Shape;
    policies: readonly string[];
    /** Of the policies that the edge applies. */
    policies_version?: string;
    /** Whether the edge's first path is failing. */
    failing?: boolean;
  },
): SentReport {
  const { edge_id, site_id, path_ids } = edge;
  const at = (ms: number) => new Date(ms).toISOString();
  const pairs = policies.map((policy_id, policy) => {
    const rate = 1000 + ((index * 31 + policy * 17) % 997) * 60;
    const packets = rate * (10_000 + seq);
    return {
      policy_id,
      endpoint_id: 'wan1',
      packets,
      bytes: packets * 700,
      active_flows: (index * 7 + policy * 3 + seq) % 400,
    };
  });
  const flows = Array.from({ length: shape.flows }, (_, flow) => {
    const noise = Math.imul(index * 7919 + flow * 104_729 + (flow % 2 ? seq : 0) + 1, 0x9e3779b1) >>> 0;
    const packets = 1 + (noise % 4000);
    return {
      policy_id: policies[noise % policies.length]!,
      endpoint_id: 'wan1',
      src: `10.${index % 250}.${(noise >>> 8) % 4}.${noise % HOSTS}`,
      src_port: 1024 + ((noise >>> 4) % 60_000),
      dst: `203.0.${(noise >>> 12) % 250}.${(noise >>> 20) % 250}`,
      dst_port: [443, 443, 443, 53, 22, 5060][noise % 6]!,
      protocol: noise % 6 === 3 ? 17 : 6,
      packets,
      bytes: packets * (64 + (noise % 1300)),
      first: at(sent_ms - (noise % 60_000)),
      last: at(sent_ms - (noise % 1000)),
    };
  });
  const paths = path_ids.map((path_id, path) => ({
    path_id,
    ...measurementOf(path_id, seq),
    ...(failing && path === 0 && FAILING),
    measured_at: at(sent_ms - 1000),
    tx_packets: (path + 1) * 1000 * seq,
    tx_bytes: (path + 1) * 700_000 * seq,
    rx_packets: (path + 1) * 990 * seq,
    rx_bytes: (path + 1) * 693_000 * seq,
  }));
  const report = {
    v: 1,
    edge_id,
    site_id,
    boot_id: `01JJZ3NDEKTSV4RRFFQ69${String(index).padStart(5, '0')}`,
    ...{ seq, part: 0, parts: 1, sent_at: at(sent_ms), interval_s: shape.interval_s, policies_version },
    ...{ policies: pairs, flows, paths },
  };
  return { edge_id, data: gzipSync(JSON.stringify(report)), sent_ms };
}

const FAILING = { latency_ms: 400, packet_loss_pct: 60 };

/**
 * A steady path: 20 to 60 ms that vary by a tenth. An edge judges loss over its last 100 probes, of
 * which one in a thousand is lost: so 1 % for a tenth of the time.
 */
function measurementOf(path_id: string, seq: number) {
  let hash = 0;
  for (const letter of path_id) hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) >>> 0;
  const noise = ((Math.imul(hash + seq, 0x9e3779b1) >>> 0) % 1000) / 1000;
  const latency = 20 + (hash % 40);
  return {
    latency_ms: Number((latency * (0.9 + 0.2 * noise)).toFixed(2)),
    jitter_ms: Number((0.4 + noise).toFixed(2)),
    packet_loss_pct: (hash + seq) % 1000 < 100 ? 1 : 0,
    bandwidth_mbps: 500 + (hash % 400),
  };
}
