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
