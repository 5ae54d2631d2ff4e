/** The network use of one kind of application, at the branch's WAN side. */
export interface Application {
  /** Share of the new flows. */
  weight: number;
  protocol: number;
  ports: readonly number[];
  /** Ports of the office's side; default: ephemeral ports. */
  source_ports?: { from: number; to: number };
  /**
   * Layer-3 bytes of the smallest flow, and the Pareto shape of the sizes (lower means a heavier
   * tail).
   */
  min_bytes: number;
  shape: number;
  /** Typical layer-3 bytes of a packet. */
  packet_bytes: number;
  /** Typical rate of the flow, bytes per second. */
  bytes_per_s: number;
  /** Whether the other end is at another site rather than in the Internet. */
  between_sites: boolean;
}

/** Linux's range of ephemeral ports. */
export const EPHEMERAL_PORTS = { from: 32_768, to: 60_999 } as const;

const TCP = 6;
const UDP = 17;
const ICMP = 1;

/** A branch office on a working day. */
export const OFFICE_MIX: readonly Application[] = [
  {
    weight: 34,
    protocol: TCP,
    ports: [443],
    min_bytes: 1200,
    shape: 1.2,
    packet_bytes: 780,
    bytes_per_s: 90_000,
    between_sites: false,
  },
  {
    weight: 7,
    protocol: UDP,
    ports: [443],
    min_bytes: 2400,
    shape: 1.2,
    packet_bytes: 1050,
    bytes_per_s: 160_000,
    between_sites: false,
  },
  {
    weight: 5,
    protocol: TCP,
    ports: [80],
    min_bytes: 800,
    shape: 1.3,
    packet_bytes: 620,
    bytes_per_s: 60_000,
    between_sites: false,
  },
  {
    weight: 25,
    protocol: UDP,
    ports: [53],
    min_bytes: 62,
    shape: 3,
    packet_bytes: 74,
    bytes_per_s: 500,
    between_sites: false,
  },
  {
    weight: 4,
    protocol: UDP,
    ports: [3478, 3479, 3480, 3481],
    min_bytes: 400_000,
    shape: 1.6,
    packet_bytes: 940,
    bytes_per_s: 190_000,
    between_sites: false,
  },
  {
    weight: 4,
    protocol: UDP,
    ports: [16_384, 18_000, 20_128],
    source_ports: { from: 16_384, to: 32_766 },
    min_bytes: 160_000,
    shape: 1.8,
    packet_bytes: 200,
    bytes_per_s: 10_000,
    between_sites: true,
  },
  {
    weight: 4,
    protocol: TCP,
    ports: [445, 2049],
    min_bytes: 6000,
    shape: 1.1,
    packet_bytes: 1180,
    bytes_per_s: 900_000,
    between_sites: true,
  },
  {
    weight: 5,
    protocol: TCP,
    ports: [5432, 1433, 3306],
    min_bytes: 900,
    shape: 1.4,
    packet_bytes: 340,
    bytes_per_s: 40_000,
    between_sites: true,
  },
  {
    weight: 4,
    protocol: TCP,
    ports: [993, 587, 25],
    min_bytes: 1500,
    shape: 1.3,
    packet_bytes: 560,
    bytes_per_s: 50_000,
    between_sites: false,
  },
  {
    weight: 1,
    protocol: TCP,
    ports: [10_000, 873],
    min_bytes: 3_000_000,
    shape: 1.4,
    packet_bytes: 1420,
    bytes_per_s: 1_500_000,
    between_sites: true,
  },
  {
    weight: 4,
    protocol: TCP,
    ports: [22],
    min_bytes: 2000,
    shape: 1.5,
    packet_bytes: 160,
    bytes_per_s: 1500,
    between_sites: true,
  },
  {
    weight: 3,
    protocol: ICMP,
    ports: [0],
    min_bytes: 84,
    shape: 2,
    packet_bytes: 84,
    bytes_per_s: 84,
    between_sites: true,
  },
];
