/** Identifies a report. */
export interface ReportId {
  edge_id: string;
  boot_id: string;
  part: number;
  seq: number;
}

/**
 * The reports that were already read: each counts once, even if several objects contain it. Exact;
 * about 20 bytes per report.
 */
export class ReportsSeen {
  readonly #boots = new Map<string, Set<number>>();

  /** Adds a report. @returns whether it is new */
  add({ edge_id, boot_id, part, seq }: ReportId): boolean {
    const boot = bootKey(edge_id, boot_id, part);
    let seqs = this.#boots.get(boot);
    if (!seqs) {
      seqs = new Set();
      this.#boots.set(boot, seqs);
    }
    if (seqs.has(seq)) return false;
    seqs.add(seq);
    return true;
  }

  has({ edge_id, boot_id, part, seq }: ReportId): boolean {
    return this.#boots.get(bootKey(edge_id, boot_id, part))?.has(seq) ?? false;
  }
}

// JSON separates the ids unambiguously, whatever characters they have, and is fast for short lists.
function bootKey(edge_id: string, boot_id: string, part: number): string {
  return JSON.stringify([edge_id, boot_id, part]);
}
