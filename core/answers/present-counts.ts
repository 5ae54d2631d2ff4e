/** Counts as GraphQL gives them: a number for graphs, decimal digits for bills. */
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

/** Counts and what share of their bytes is estimated. */
export interface PresentedSum extends PresentedCounts {
  /** 0 to 1; null where it isn't known: logged flows don't say. */
  estimated_share: number | null;
}

/** Counts that know what of their bytes is estimated. */
export function presentSum(counts: {
  packets: bigint;
  bytes: bigint;
  estimated_bytes: bigint;
}): PresentedSum & { estimated_share: number } {
  return { ...presentCounts(counts), estimated_share: estimatedShare(counts) };
}

/** What share of the bytes is estimated, 0 to 1; 0 where there are none. */
export function estimatedShare({
  bytes,
  estimated_bytes,
}: {
  bytes: bigint;
  estimated_bytes: bigint;
}): number {
  if (estimated_bytes <= 0n || bytes <= 0n) return 0;
  // What was counted before a boot turned out to be estimated may not be in a figure, and its mark
  // may.
  return estimated_bytes >= bytes ? 1 : Number(estimated_bytes) / Number(bytes);
}

/** Counts that don't know it: sums of logged flows. */
export function presentUnknown(counts: { packets: bigint; bytes: bigint }): PresentedSum {
  return { ...presentCounts(counts), estimated_share: null };
}
