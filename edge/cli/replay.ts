import { CaptureError } from '../capture/capture-error.ts';
import { fileChunks, fileSizes } from '../capture/capture-files.ts';
import { unpacked } from '../capture/unpack.ts';
import { pacer } from '../counting/pace.ts';
import type { CountingOptions } from './counting-options.ts';
import {
  addCounted,
  type CountingResult,
  type CountingRun,
  emptyResult,
  LAST_REPORT_MS,
  runCounting,
} from './counting-run.ts';
import { makeCounter } from './make-counter.ts';
import { userPath } from './option-values.ts';
import { repeatCommand } from './repeat-command.ts';

/**
 * `edge replay`: counts files and reports as if their traffic passed now. `argv` is the program's
 * command line.
 */
export async function replay(
  files: readonly string[],
  options: CountingOptions,
  argv: readonly string[],
): Promise<number> {
  const inputs = files.map(shownAs => ({ shownAs, path: userPath(shownAs) }));
  const sizes = await fileSizes(inputs);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return runCounting(
    options,
    {
      exact_flows: true,
      patience_ms: LAST_REPORT_MS,
      stoppedCode: 130,
      repeat: boot_id => repeatCommand(argv, boot_id),
    },
    async run => {
      const result = emptyResult();
      let done = 0;
      for (const input of inputs) {
        if (run.signal.aborted) break;
        await replayFile(input, run, result, bytes => {
          done += bytes;
          run.terminal.progress('Replayed', done, total);
        });
      }
      return result;
    },
  );
}

async function replayFile(
  { path, shownAs }: { path: string; shownAs: string },
  { options, session, problems, notes, signal }: CountingRun,
  result: CountingResult,
  onRead: (bytes: number) => void,
): Promise<void> {
  const pace = pacer(options.speed, signal);
  const counter = makeCounter(options.format, session.recorder, {
    interval_ms: options.interval * 1000,
    scale_sampled: options.scaleSampled ?? false,
    notes,
    onProblem: ({ line, message, kind }) => problems.add(`${shownAs}:${line}: ${message}.`, kind),
  });
  try {
    for await (const chunk of unpacked(heard(fileChunks(path), onRead))) {
      for (const { interval_end_ms } of counter.feed(chunk)) {
        await pace(counter.first_ms ?? interval_end_ms);
        await pace(interval_end_ms);
        problems.endInterval();
        await session.report(interval_end_ms);
        await session.reporter?.settled();
        if (signal.aborted) break;
      }
      if (signal.aborted) break;
    }
    if (!signal.aborted) counter.end();
    if (counter.last_ms !== undefined) await pace(counter.last_ms);
  } catch (cause) {
    if (!(cause instanceof CaptureError)) throw cause;
    problems.add(`${shownAs}: ${cause.message}`);
  }
  for (const line of counter.unread ?? []) problems.add(`${shownAs}: ${line}`);
  addCounted(result, counter);
}

/** The same pieces; `onRead` is called for each when the next one is requested. */
async function* heard(
  pieces: AsyncIterable<Buffer>,
  onRead: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    yield piece;
    onRead(piece.length);
  }
}
