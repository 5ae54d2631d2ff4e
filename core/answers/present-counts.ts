/** Counts in the form of GraphQL: numbers for graphs, and decimal digits for bills. */
export interface PresentedCounts {
  packets: number;
  bytes: number;
  packets_exact: string;
  bytes_exact: string;
}

export function presentCounts({ packets, bytes }: { packets: bigint; bytes: bigint }): PresentedCounts {
  return {
    packets: Number(packets),
    bytes: Number(bytes),
    packets_exact: String(packets),
    bytes_exact: String(bytes),
  };
}

/** Counts, and the estimated share of their bytes. */
export interface PresentedSum extends PresentedCounts {
  /** 0 to 1; null if not known, as for logged flows. */
  estimated_share: number | null;
}

/** Presents counts with a known number of estimated bytes. */
export function presentSum(counts: {
  packets: bigint;
  bytes: bigint;
  estimated_bytes: bigint;
}): PresentedSum & { estimated_share: number } {
  return { ...presentCounts(counts), estimated_share: estimatedShare(counts) };
}

/** The estimated share of the bytes, 0 to 1; 0 without bytes. */
export function estimatedShare({
  bytes,
  estimated_bytes,
}: {
  bytes: bigint;
  estimated_bytes: bigint;
}): number {
  if (estimated_bytes <= 0n || bytes <= 0n) return 0;
  // A figure may have the estimated bytes of a boot without all of its bytes, which were counted
  // before the boot turned out to be estimated.
  return estimated_bytes >= bytes ? 1 : Number(estimated_bytes) / Number(bytes);
}

/** Presents counts without that: sums of logged flows. */
export function presentUnknown(counts: { packets: bigint; bytes: bigint }): PresentedSum {
  return { ...presentCounts(counts), estimated_share: null };
}
