import { SingleBar } from 'cli-progress';

/**
 * Messages of the program. They go to standard error, so that standard output contains only
 * results.
 */
export interface Terminal {
  say(line: string): void;
  /** Prints a line at most once in ten seconds. */
  sayNowAndThen(line: string): void;
  /** Shows the progress; a display with another title ends. */
  progress(title: string, done: number, total: number): void;
  endProgress(): void;
}

const NOW_AND_THEN_MS = 10_000;

/** Shows a progress bar on a terminal, and occasional lines elsewhere. */
export function openTerminal(stream: NodeJS.WriteStream = process.stderr): Terminal {
  let bar: { title: string; view: SingleBar } | undefined;
  let quietUntil = 0;

  function say(line: string): void {
    endProgress();
    stream.write(`${line}\n`);
  }

  function sayNowAndThen(line: string): void {
    if (performance.now() < quietUntil) return;
    quietUntil = performance.now() + NOW_AND_THEN_MS;
    say(line);
  }

  function endProgress(): void {
    bar?.view.stop();
    bar = undefined;
  }

  function progress(title: string, done: number, total: number): void {
    if (!stream.isTTY) {
      if (quietUntil === 0) quietUntil = performance.now() + NOW_AND_THEN_MS;
      sayNowAndThen(`${title}: ${Math.floor((100 * done) / Math.max(1, total))} %`);
      return;
    }
    if (bar?.title !== title) {
      endProgress();
      const view = new SingleBar({
        format: `${title} {bar} {percentage} %`,
        stream,
        clearOnComplete: true,
        barsize: 30,
      });
      view.start(Math.max(1, total), done);
      bar = { title, view };
    }
    bar.view.setTotal(Math.max(1, total));
    bar.view.update(Math.min(done, Math.max(1, total)));
  }

  return { say, sayNowAndThen, progress, endProgress };
}
