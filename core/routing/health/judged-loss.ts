/** Loss is judged over so many packets at least: one lost packet is then 1 %, and not 5 %. */
export const LOSS_PACKETS = 100;

/** So many lost packets in a row are no noise: they stand alone, as 100 %. */
export const LOST_IN_A_ROW = 20;

/**
 * The loss of a path, 0 to 100, after one series of probes. A series of fewer than 100 packets is
 * judged with the loss that was known before, which stands for the packets that are missing.
 *
 * @param known_pct the loss known before, 0 to 100; undefined: nothing recent is known
 */
export function judgedLoss(
  { sent, received }: { sent: number; received: number },
  known_pct: number | undefined,
): number {
  if (received === 0 && sent >= LOST_IN_A_ROW) return 100;
  // What stood alone says nothing about packets that come through again.
  const before_pct = known_pct === undefined || known_pct >= 100 ? 0 : known_pct;
  const missing = Math.max(0, LOSS_PACKETS - sent);
  const lost = sent - received + (missing * before_pct) / 100;
  return (100 * lost) / (sent + missing);
}
