/** What names a report, and so its flows. */
export interface ReportId {
  edge_id: string;
  boot_id: string;
  part: number;
  seq: number;
}

/**
 * The reports that were read already: each counts once, however many objects repeat it. Exact, some
 * 20 bytes a report.
 */
export class ReportsSeen {
  readonly #boots = new Map<string, Set<number>>();

  /** Whether it was not there yet; from now on it is. */
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

// JSON keeps the ids apart, whatever characters they have; so short a list is quick.
function bootKey(edge_id: string, boot_id: string, part: number): string {
  return JSON.stringify([edge_id, boot_id, part]);
}
