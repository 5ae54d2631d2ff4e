/** Least number of packets over which loss is judged: one lost packet is then 1 %, and not 5 %. */
export const LOSS_PACKETS = 100;

/** A series of this many lost packets is not noise: it counts as 100 % without earlier packets. */
export const LOST_IN_A_ROW = 20;

/**
 * The loss of a path, 0 to 100, after one series of probes. If a series has fewer than 100 packets,
 * the loss that was known before is assumed for the missing ones.
 *
 * @param known_pct the loss known before, 0 to 100; undefined: nothing recent is known
 */
export function judgedLoss(
  { sent, received }: { sent: number; received: number },
  known_pct: number | undefined,
): number {
  if (received === 0 && sent >= LOST_IN_A_ROW) return 100;
  // A loss of 100 % is not assumed for packets after it that get through again.
  const before_pct = known_pct === undefined || known_pct >= 100 ? 0 : known_pct;
  const missing = Math.max(0, LOSS_PACKETS - sent);
  const lost = sent - received + (missing * before_pct) / 100;
  return (100 * lost) / (sent + missing);
}
