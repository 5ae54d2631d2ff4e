import { SingleBar } from 'cli-progress';

/** How the program talks: to the standard error, so that the standard output holds results only. */
export interface Terminal {
  say(line: string): void;
  /** Says it at most once in ten seconds. */
  sayNowAndThen(line: string): void;
  /** Shows how far it has come; an earlier display with another title ends. */
  progress(title: string, done: number, total: number): void;
  endProgress(): void;
}

const NOW_AND_THEN_MS = 10_000;

/** A moving bar on a terminal, a line now and then elsewhere. */
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
