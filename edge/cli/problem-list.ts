import type { Terminal } from './terminal.ts';

/** More lines than this tell nothing new. */
const SHOWN = 20;

/** What was wrong with the input: the first problems are told as they come, all are counted. */
export interface ProblemList {
  count: number;
  add(line: string): void;
  /** Says how many were not told. */
  end(): void;
}

export function problemList({ say }: Terminal): ProblemList {
  return {
    count: 0,
    add(line) {
      this.count++;
      if (this.count <= SHOWN) say(line);
    },
    end() {
      if (this.count > SHOWN) say(`… and ${this.count - SHOWN} more problems like these.`);
    },
  };
}
