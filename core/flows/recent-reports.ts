import { type ReportId, ReportsSeen } from './reports-seen.ts';

/** Minimum number of remembered reports, about 20 bytes each; at most twice as many. */
const REPORTS = 200_000;

/**
 * The reports whose flows this container has certainly written. If an edge sends a report again
 * because an answer got lost, it adds no second arrival to the log. Forgetting a report costs only
 * a repeat, which readers drop.
 */
export class RecentReports {
  readonly #max: number;
  #count = 0;
  #recent = new ReportsSeen();
  #older = new ReportsSeen();

  constructor({ max = REPORTS }: { max?: number } = {}) {
    this.#max = max;
  }

  add(report: ReportId): void {
    if (this.#count >= this.#max) {
      this.#older = this.#recent;
      this.#recent = new ReportsSeen();
      this.#count = 0;
    }
    if (this.#recent.add(report)) this.#count += 1;
  }

  has(report: ReportId): boolean {
    return this.#recent.has(report) || this.#older.has(report);
  }
}
