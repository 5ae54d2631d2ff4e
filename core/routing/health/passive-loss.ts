/** The totals of one end of a path in one of its reports. They grow with each report. */
export interface PathReading {
  /** When the report was sent, by that edge's clock, milliseconds since the epoch. */
  at_ms: number;
  tx_packets: bigint;
  rx_packets: bigint;
}

/** Packets of one direction that were sent and did not arrive. */
export interface PassiveLoss {
  /** Times of the receiver's reports at the start and the end of the range. */
  from_ms: number;
  to_ms: number;
  /**
   * The sender's totals at the receiver's reports, interpolated linearly between the sender's
   * reports.
   */
  sent_packets: number;
  received_packets: number;
  /** 0 to 100. */
  loss_pct: number;
  /** Bounds that hold however the sender's traffic was spread between its reports. */
  loss_pct_min: number;
  loss_pct_max: number;
}

/**
 * Compares the packets that one end sent with those that the other received. The ends report at
 * different times. The sender's total at a receiver's report lies between the sender's reports
 * before and after it, which gives the bounds; the longer the range, the closer they are. Packets
 * in transit and different clocks change the result by what was sent in that time.
 *
 * @param sender in order of time
 * @param receiver in order of time
 * @returns undefined if fewer than two reports of the receiver lie within the sender's, or nothing
 * was sent
 */
export function passiveLoss(
  sender: readonly PathReading[],
  receiver: readonly PathReading[],
): PassiveLoss | undefined {
  const within = receiver.flatMap(reading => {
    const sent = sentAt(sender, reading.at_ms);
    return sent ? [{ reading, sent }] : [];
  });
  const first = within[0];
  const last = within.at(-1);
  if (!first || !last || first === last) return undefined;
  const sent = last.sent.likely - first.sent.likely;
  if (sent <= 0) return undefined;
  const received = Number(last.reading.rx_packets - first.reading.rx_packets);
  return {
    from_ms: first.reading.at_ms,
    to_ms: last.reading.at_ms,
    sent_packets: Math.round(sent),
    received_packets: received,
    loss_pct: lossOf(sent, received),
    loss_pct_min: lossOf(last.sent.least - first.sent.most, received),
    loss_pct_max: lossOf(last.sent.most - first.sent.least, received),
  };
}

/** The sender's total at an instant, less that of its first reading. */
function sentAt(sender: readonly PathReading[], at_ms: number) {
  const after = sender.findIndex(reading => reading.at_ms >= at_ms);
  const next = sender[after];
  const previous = next?.at_ms === at_ms ? next : sender[after - 1];
  if (!next || !previous) return undefined;
  const least = Number(previous.tx_packets - sender[0]!.tx_packets);
  const most = Number(next.tx_packets - sender[0]!.tx_packets);
  const share = next === previous ? 0 : (at_ms - previous.at_ms) / (next.at_ms - previous.at_ms);
  return { least, most, likely: least + share * (most - least) };
}

function lossOf(sent: number, received: number): number {
  return sent <= 0 ? 0 : Math.min(100, Math.max(0, (100 * (sent - received)) / sent));
}
