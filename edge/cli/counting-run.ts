import { count } from '../../core/count-words.ts';
import { systemSchedule } from '../../core/time/schedule.ts';
import { type CountingSession, openCountingSession } from '../counting/counting-session.ts';
import { InputNotes, noteText } from '../counting/input-notes.ts';
import type { TrafficCounter } from '../counting/traffic-counter.ts';
import { type SummarySource, skippedText, summarize, summaryTable } from '../counting/traffic-summary.ts';
import { waitUntilCounted } from '../counting/wait-counted.ts';
import { SendFailed } from '../reporting/send-failed.ts';
import { openServiceManager, type ServiceManager } from '../service/service-manager.ts';
import { silentAfterMs } from '../spool/edge-status.ts';
import { signsWithRole } from '../system/target-options.ts';
import { type CountingOptions, withUserPaths } from './counting-options.ts';
import { userPath } from './option-values.ts';
import { type ProblemList, problemList } from './problem-list.ts';
import { stopSignal } from './stop-signal.ts';
import { targetOptions } from './system-options.ts';
import { openTerminal, type Terminal } from './terminal.ts';

/** The context of a command while it counts. */
export interface CountingRun {
  options: CountingOptions;
  session: CountingSession;
  terminal: Terminal;
  problems: ProblemList;
  /** Notes on the input. */
  notes: InputNotes;
  /** Aborted when the user wants to stop. */
  signal: AbortSignal;
}

/** The result of a command at the end of its input. */
export interface CountingResult {
  skipped: number;
  skipped_by_reason: Map<string, number>;
  /** Latest traffic time. */
  last_ms: number | undefined;
}

/** The result before the input begins. */
export function emptyResult(): CountingResult {
  return { skipped: 0, skipped_by_reason: new Map(), last_ms: undefined };
}

/** Adds the result of one input's counter. */
export function addCounted(result: CountingResult, counter: TrafficCounter): void {
  result.skipped += counter.skipped;
  for (const [reason, frames] of counter.skipped_by_reason ?? []) {
    result.skipped_by_reason.set(reason, (result.skipped_by_reason.get(reason) ?? 0) + frames);
  }
  result.last_ms = Math.max(result.last_ms ?? 0, counter.last_ms ?? 0) || undefined;
}

/** How the session treats the input. */
export interface CountingKind {
  exact_flows: boolean;
  patience_ms: number;
  /** Exit code after Ctrl-C. */
  stoppedCode: number;
  /** Whether the run can't be repeated: then it continues without the system. */
  unattended?: boolean;
  /** The command that counts the same input again under a boot id, if this is possible. */
  repeat?: (boot_id: string) => string;
}

/**
 * Time limit for sending the last report after the user stops the program, or after the end of the
 * input.
 */
export const LAST_REPORT_MS = 120_000;

/**
 * Opens a session, lets a command count into it, sends the last report, waits if requested, and
 * prints the counts.
 *
 * @returns the exit code: 1 if a part of the input could not be counted
 */
export async function runCounting(
  given: CountingOptions,
  kind: CountingKind,
  count: (run: CountingRun) => Promise<CountingResult>,
): Promise<number> {
  const options = withUserPaths(given);
  const terminal = openTerminal();
  const problems = problemList(terminal);
  const notes = new InputNotes(terminal.say);
  let service: ServiceManager | undefined;
  const signal = stopSignal(() => {
    terminal.say('Stopping: the last report is being sent.');
    service?.stopping();
  });
  const session = await openCountingSession({ ...sessionOptions(options, kind), ...voices(terminal) });
  if (kind.unattended) service = serviceManager(session, options, terminal);
  service?.ready();
  try {
    const result = await reported(session, kind, async () => {
      const counted = await count({ options, session, terminal, problems, notes, signal });
      await sendLast(session, counted);
      return counted;
    });
    terminal.endProgress();
    problems.end();
    if (!signal.aborted) session.checkBoot();
    const waited = (options.wait ?? false) && !signal.aborted;
    if (waited) await waitForAll(options, session, { terminal, signal });
    const found = { ...result, problems: problems.kinds(), notes: notes.list() };
    print(options, session, { ...found, all_counted: waited && !signal.aborted });
  } finally {
    terminal.endProgress();
    await session.close();
    service?.close();
  }
  if (signal.aborted) return kind.stoppedCode;
  return problems.count > 0 ? 1 : 0;
}

/** Adds to a failure of sending how to continue, if the same input can be counted again. */
async function reported<T>(
  { boot_id, reporter }: CountingSession,
  { repeat }: CountingKind,
  count: () => Promise<T>,
): Promise<T> {
  try {
    return await count();
  } catch (cause) {
    if (!(cause instanceof SendFailed) || !repeat || boot_id === undefined) throw cause;
    const made = reporter?.position.seq ?? 0;
    throw new SendFailed(
      `${cause.message}\nThis run is boot ${boot_id}; its report ${made} is kept and sent first the next time. Repeat the same input under the same boot id to continue; nothing is counted twice:\n  ${repeat(boot_id)}`,
      { cause, lasting: cause.lasting },
    );
  }
}

/**
 * The service manager that runs this edge, if there is one. It is notified that the edge is alive
 * as long as reports are made.
 */
function serviceManager(
  session: CountingSession,
  { interval }: CountingOptions,
  { say }: Terminal,
): ServiceManager {
  return openServiceManager({
    status() {
      const { boot_id, seq = 0 } = session.reporter?.position ?? {};
      return boot_id ? `Counting: report ${seq} of boot ${boot_id} is made.` : 'Counting: no report yet.';
    },
    isAlive: () => session.sinceReportMs() < silentAfterMs(interval),
    onTrouble: say,
  });
}

function voices(terminal: Terminal) {
  return { say: terminal.say, onTrouble: terminal.sayNowAndThen };
}

function sessionOptions(
  options: CountingOptions,
  { exact_flows, patience_ms, unattended = false }: CountingKind,
) {
  const { siteId, bootId, policies, spool } = options;
  return {
    edge_id: options.edgeId,
    endpoint_id: options.endpointId,
    interval_s: options.interval,
    listed_flows: options.listedFlows,
    dry_run: options.dryRun ?? false,
    estimated: options.scaleSampled ?? false,
    sign: options.sign ?? false,
    exact_flows: exact_flows || (options.dryRun ?? false) || (options.json ?? false),
    patience_ms,
    unattended,
    ...(siteId !== undefined && { site_id: siteId }),
    ...(bootId !== undefined && { boot_id: bootId }),
    ...(policies !== undefined && { policies: { path: userPath(policies), shownAs: policies } }),
    ...(spool !== undefined && { spool }),
    target: targetOptions(options),
  };
}

async function sendLast(session: CountingSession, { last_ms }: CountingResult): Promise<void> {
  await session.report(last_ms ?? Date.now());
  const tooLate = Promise.withResolvers<never>();
  const cancel = systemSchedule(LAST_REPORT_MS, () =>
    tooLate.reject(
      new SendFailed(
        'The stream did not accept the last report in time. It is kept, and sent first when this edge starts again.',
      ),
    ),
  );
  await Promise.race([session.reporter?.settled(), tooLate.promise]).finally(cancel);
}

async function waitForAll(
  options: CountingOptions,
  { graphql, reporter, notNew }: CountingSession,
  { terminal, signal }: Pick<CountingRun, 'terminal' | 'signal'>,
): Promise<void> {
  if (!graphql || !reporter) return;
  await waitUntilCounted({
    graphql,
    edge_id: options.edgeId,
    signs: signsWithRole(targetOptions(options)),
    position: reporter.position,
    reported: reporter.reported,
    not_new: notNew(),
    onProgress: ({ seq, of }) => terminal.progress('Counted', seq, of),
    signal,
  });
  terminal.endProgress();
}

function print(
  options: CountingOptions,
  session: CountingSession,
  {
    all_counted,
    ...found
  }: Pick<SummarySource, 'skipped' | 'skipped_by_reason' | 'problems' | 'notes'> & { all_counted: boolean },
): void {
  const { recorder, distinct, policySet, reporter } = session;
  const estimated = options.scaleSampled ?? false;
  const summary = summarize({ recorder, distinct, policySet, estimated, ...found });
  const sent = reporter && { edge_id: options.edgeId, ...reporter.position };
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ ...summary, ...sent })}\n`);
    return;
  }
  const lines = [
    summaryTable(summary),
    skippedText(summary),
    ...(estimated ? ['All figures are estimates, scaled from samples.'] : []),
    ...(summary.notes ?? []).map(noteText),
    ...(sent ? [`Sent ${count(sent.seq, 'report')} of ${sent.edge_id}, boot ${sent.boot_id}.`] : []),
    ...(all_counted ? ['The system has counted all of it.'] : []),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
