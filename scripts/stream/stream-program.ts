import { Command, InvalidArgumentError } from 'commander';
import { count } from '../../core/count-words.ts';
import { exitCodeOf } from '../../edge/cli/exit-code.ts';
import { userPath } from '../../edge/cli/option-values.ts';
import { stopSignal } from '../../edge/cli/stop-signal.ts';
import { systemFolderOption } from '../../edge/cli/system-folder.ts';
import { openTerminal, type Terminal } from '../../edge/cli/terminal.ts';
import { EdgeError } from '../../edge/edge-error.ts';
import { CheckpointFile } from './checkpoint-file.ts';
import { openStream, type StreamOptions } from './open-stream.ts';
import { replayStream } from './replay-stream.ts';

const INTERRUPTED = 130;

interface ReplayChoice extends StreamOptions {
  from: string;
  to?: string;
  checkpoint?: string;
}

/**
 * Runs the stream program and returns its exit code: 0 done, 1 failed, 2 bad usage, 130
 * interrupted.
 */
export async function runStream(argv: readonly string[]): Promise<number> {
  const program = new Command('stream')
    .description('Commands for the report stream.')
    .showHelpAfterError('(use --help for usage)')
    .exitOverride();
  const terminal = openTerminal();
  let exitCode = 0;
  program
    .command('replay')
    .description(
      'Sends the reports that arrived in a time to ingest again. Reports that were counted before add nothing, so replaying too much or twice is safe. It does not judge paths and raises no alarm. After an interruption, repeat the same command to continue.',
    )
    .requiredOption('--from <time>', 'RFC 3339: reports that arrived at or after this time', timeValue)
    .option('--to <time>', 'RFC 3339: … and before this time (default: now)', timeValue)
    .option('--checkpoint <file>', 'file for its progress (default: a file in .local)')
    .option(
      '--stream <name>',
      "the cloud's stream, an output of the ingest stack (default: the running local system)",
    )
    .option('--function <name>', "the cloud's ingest function, an output of the ingest stack")
    .option('--region <name>', 'AWS region')
    .option('--profile <name>', 'AWS profile')
    .addOption(systemFolderOption())
    .action(async (choice: ReplayChoice, command: Command) => {
      if (choice.to !== undefined && choice.to <= choice.from) {
        command.error('error: --to must be later than --from');
      }
      exitCode = await replay(choice, terminal);
    });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (cause) {
    terminal.endProgress();
    return exitCodeOf(cause);
  }
}

async function replay(choice: ReplayChoice, terminal: Terminal): Promise<number> {
  const now = Date.now();
  const from_ms = Date.parse(choice.from);
  const to_ms = Math.min(now, choice.to === undefined ? now : Date.parse(choice.to));
  if (from_ms >= to_ms)
    throw new EdgeError(`--from (${choice.from}) is in the future: nothing has arrived yet.`);
  const target = await openStream({ ...choice, system: userPath(choice.system) });
  const file = new CheckpointFile(choice.checkpoint === undefined ? undefined : userPath(choice.checkpoint), {
    folder: userPath(choice.system),
    stream: target.stream,
    from: choice.from,
  });
  const signal = stopSignal(() => terminal.say('Stopping after this batch …'));
  try {
    const checkpoint = await file.read();
    if (checkpoint) terminal.say(`Continuing an interrupted replay (${file.path}).`);
    const records = await replayStream({
      ...target,
      from_ms,
      to_ms,
      ...(checkpoint && { checkpoint }),
      onCheckpoint: reached => file.write(reached),
      onProgress: ({ done }) => terminal.progress('Replaying', Math.floor(done * 1000), 1000),
      sleep: ms => new Promise(resolve => setTimeout(resolve, ms)),
      random: Math.random,
      signal,
    });
    terminal.endProgress();
    if (signal.aborted) {
      terminal.say(
        `Interrupted after ${count(records, 'record')}. Repeat the same command to continue from there.`,
      );
      return INTERRUPTED;
    }
    await file.remove();
    terminal.say(
      `${count(records, 'record')} that arrived from ${choice.from} to ${new Date(to_ms).toISOString()} were sent to ingest again.`,
    );
    return 0;
  } finally {
    target.close();
  }
}

function timeValue(text: string): string {
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) throw new InvalidArgumentError('It must be a time such as 2026-01-31T12:00:00Z.');
  return new Date(ms).toISOString();
}
