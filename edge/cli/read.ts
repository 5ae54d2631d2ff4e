import { CaptureError } from '../capture/capture-error.ts';
import { unpacked } from '../capture/unpack.ts';
import { attendSession } from '../commands/attend-session.ts';
import type { CountingSession } from '../counting/counting-session.ts';
import { SendFailed } from '../reporting/send-failed.ts';
import { SpoolError } from '../spool/spool.ts';
import type { CountingOptions } from './counting-options.ts';
import { addCounted, emptyResult, runCounting } from './counting-run.ts';
import { makeCounter } from './make-counter.ts';
import type { ProblemList } from './problem-list.ts';
import { targetOptions } from './system-options.ts';

/** Options of `read`, parsed. */
export interface ReadOptions extends CountingOptions {
  bandwidthMbps?: number;
}

/** `edge read`: counts the standard input until it ends. */
export async function read(options: ReadOptions): Promise<number> {
  const kind = {
    unattended: true,
    exact_flows: false,
    patience_ms: Number.POSITIVE_INFINITY,
    stoppedCode: 0,
  };
  return runCounting(options, kind, async ({ session, problems, notes, signal, terminal }) => {
    if (process.stdin.isTTY)
      terminal.say('Reading from the keyboard: pipe a capture in, for example tcpdump -U -w - | …');
    const counter = makeCounter(options.format, session.recorder, {
      interval_ms: options.interval * 1000,
      scale_sampled: options.scaleSampled ?? false,
      notes,
      onProblem: ({ line, message, kind }) => problems.add(`line ${line}: ${message}.`, kind),
    });
    const duties = await attendSession(session, {
      edge_id: options.edgeId,
      endpoint_id: options.endpointId,
      interval_ms: options.interval * 1000,
      flow_records: options.format !== 'capture',
      bandwidth_mbps: options.bandwidthMbps,
      target: targetOptions(options),
      own_policies: options.policies !== undefined,
      say: terminal.say,
      onTrouble: terminal.sayNowAndThen,
    });
    const reports = idleReports(session, {
      interval_ms: options.interval * 1000,
      problems,
      say: terminal.sayNowAndThen,
      announce: terminal.say,
    });
    try {
      for await (const chunk of unpacked(stdinChunks(signal))) {
        for (const { interval_end_ms } of counter.feed(chunk)) {
          problems.endInterval();
          await reports.report(interval_end_ms);
        }
      }
      counter.end();
    } catch (cause) {
      // A capture that the user stops may end within a packet.
      if (!(cause instanceof CaptureError)) throw cause;
      if (!signal.aborted) problems.add(cause.message);
    } finally {
      await duties.stop();
      await reports.stop();
    }
    for (const line of counter.unread ?? []) problems.add(line);
    const result = emptyResult();
    addCounted(result, counter);
    return result;
  });
}

/**
 * After the user stops the program, the writer of the pipe has this time to flush its data: tcpdump
 * has a buffer.
 */
const LAST_INPUT_MS = 2000;

async function* stdinChunks(signal: AbortSignal): AsyncGenerator<Buffer> {
  let last: NodeJS.Timeout | undefined;
  signal.addEventListener('abort', () => {
    last = setTimeout(() => process.stdin.destroy(), LAST_INPUT_MS);
  });
  try {
    for await (const chunk of process.stdin) yield chunk as Buffer;
  } catch (cause) {
    if (!signal.aborted) throw cause;
  } finally {
    clearTimeout(last);
  }
}

/**
 * Makes reports by the traffic's own clock, and by this machine's clock while there is no traffic.
 */
function idleReports(
  session: CountingSession,
  {
    interval_ms,
    problems,
    say,
    announce,
  }: {
    interval_ms: number;
    problems: ProblemList;
    say: (line: string) => void;
    /** Prints an important line. */
    announce: (line: string) => void;
  },
) {
  // A little later than the traffic's clock, which has priority if there is traffic.
  const idle_ms = interval_ms * 1.1;
  let underWay: Promise<void> = Promise.resolve();
  let failure: unknown;
  /** Whether the last report could be stored. */
  let isStored = true;
  let timer = setTimeout(onIdle, idle_ms);

  function onIdle(): void {
    problems.endInterval();
    report(Date.now()).catch((cause: unknown) => {
      failure = cause;
      process.stdin.destroy();
    });
  }

  function report(at_ms: number): Promise<void> {
    clearTimeout(timer);
    timer = setTimeout(onIdle, idle_ms);
    // Reading continues if the disk or the stream fails: the next report tries again, with
    // everything that was counted.
    underWay = session.report(at_ms).then(
      () => {
        isStored = true;
      },
      (cause: unknown) => {
        if (!(cause instanceof SpoolError)) throw cause;
        if (isStored) announce(`${cause.message} Counting continues; the next report contains all of it.`);
        isStored = false;
      },
    );
    session.reporter?.settled().catch((cause: Error) => {
      if (cause instanceof SendFailed) session.state?.trouble('sending', cause.message, cause.lasting);
      say(cause.message);
    });
    return underWay;
  }

  return {
    report,
    async stop() {
      clearTimeout(timer);
      await underWay;
      if (failure !== undefined) throw failure;
    },
  };
}
