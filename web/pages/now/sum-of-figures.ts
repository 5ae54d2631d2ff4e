interface Counted {
  packets_exact: string | null;
  bytes_exact: string | null;
  active_flows: number | null;
  rate: { bits_per_second: number; packets_per_second: number } | null;
}

/**
 * All traffic as the sum of the policies; each packet belongs to one policy. The rate is null if no
 * policy's rate is known.
 */
export function sumOf(figures: readonly Counted[]) {
  let bytes = 0n;
  let packets = 0n;
  let active_flows = 0;
  let rate: { bits_per_second: number; packets_per_second: number; from: null; to: null } | null = null;
  for (const figure of figures) {
    bytes += BigInt(figure.bytes_exact ?? 0);
    packets += BigInt(figure.packets_exact ?? 0);
    active_flows += figure.active_flows ?? 0;
    if (!figure.rate) continue;
    rate ??= { bits_per_second: 0, packets_per_second: 0, from: null, to: null };
    rate.bits_per_second += figure.rate.bits_per_second;
    rate.packets_per_second += figure.rate.packets_per_second;
  }
  return { bytes: String(bytes), packets: String(packets), active_flows, rate };
}
