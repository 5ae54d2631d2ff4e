import type { Terminal } from './terminal.ts';

/** Maximum number of problems that are shown per interval. */
const SHOWN = 20;

/**
 * Maximum number of kinds that are counted separately; problems of further kinds count as one kind.
 */
const MAX_KINDS = 50;
const OTHER_KINDS = 'others';

/** A kind of problem and its count. */
export interface ProblemKind {
  kind: string;
  count: number;
}

/**
 * Problems of the input: the first ones of an interval are shown, and all are counted by kind until
 * the end.
 */
export interface ProblemList {
  count: number;
  /** @param kind short text that problems of the same kind have in common */
  add(line: string, kind?: string): void;
  /**
   * Prints how many of the interval's problems were not shown, by kind. The next interval shows its
   * first ones again.
   */
  endInterval(): void;
  /** Ends the last interval, and prints the total number of problems. */
  end(): void;
  /** All problems so far, by kind. */
  kinds(): ProblemKind[];
}

export function problemList({ say }: Pick<Terminal, 'say'>): ProblemList {
  const all = new Map<string, number>();
  let hidden = new Map<string, number>();
  let shown = 0;
  let intervals = 0;

  return {
    count: 0,
    add(line, kind = 'input that cannot be read') {
      this.count++;
      const as = all.has(kind) || all.size < MAX_KINDS ? kind : OTHER_KINDS;
      increase(all, as);
      if (shown < SHOWN) say(line);
      else increase(hidden, as);
      shown++;
    },
    endInterval() {
      if (hidden.size > 0) say(`… and ${sumOf(hidden)} more problems: ${listed(hidden)}.`);
      if (shown > 0) intervals++;
      hidden = new Map();
      shown = 0;
    },
    end() {
      const hadHidden = hidden.size > 0;
      this.endInterval();
      if (intervals > 1 || (hadHidden && all.size > 1)) {
        say(`${this.count} problems in total: ${listed(all)}.`);
      }
    },
    kinds: () => [...all].map(([kind, count]) => ({ kind, count })),
  };
}

function increase(counts: Map<string, number>, kind: string): void {
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
}

function sumOf(counts: Map<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

function listed(counts: Map<string, number>): string {
  return [...counts].map(([kind, count]) => `${kind} (${count})`).join(', ');
}
