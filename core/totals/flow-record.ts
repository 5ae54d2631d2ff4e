/** The traffic of a one-way flow in the report's interval. */
export interface FlowRecord {
  policy_id: string;
  endpoint_id: string;
  src: string;
  src_port: number;
  dst: string;
  dst_port: number;
  /** IP protocol number. */
  protocol: number;
  packets: bigint;
  bytes: bigint;
  /** RFC 3339, UTC: span of the interval's packets. */
  first: string;
  last: string;
}
