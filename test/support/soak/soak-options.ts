import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { KILL_KINDS, type KillKind, type KillPace, USUAL_PACE } from './kill-plan.ts';
import type { SoakOptions } from './soak.ts';

interface Given {
  minutes: number;
  edges: number;
  people: number;
  interval: number;
  flows: number;
  seed: number;
  kills: KillPace;
  calm: number;
  folder?: string;
}

type Parsed = Omit<SoakOptions, 'folder' | 'signal' | 'onProgress' | 'onPhase'> & { folder?: string };

/**
 * Reads the command line of `npm run soak --`. Prints help or the error in an option, and then ends
 * the process.
 */
export function parseSoakOptions(args: readonly string[]): Parsed {
  const usual = paceText(USUAL_PACE);
  const { minutes, interval, folder, kills, ...rest } = new Command('npm run soak --')
    .description(
      'Runs the whole system with the traffic of many edges, kills its parts at random while people change the network, and checks ' +
        'that every byte is counted once, every change is done once, and nothing is left over. Ctrl-C ends it without checks.',
    )
    .option('--minutes <number>', 'how long traffic, people and kills go on', positive, 10)
    .option('--edges <number>', 'edges that report', whole(1, 1000), 200)
    .option('--people <number>', 'people, each with sites and edges of their own', whole(1, 10), 4)
    .option('--interval <seconds>', 'between two reports of an edge', positive, 10)
    .option('--flows <number>', 'flows alive at a time, an edge', whole(1, 10_000), 20)
    .option('--seed <number>', 'the same seed gives the same plan', whole(0, 2 ** 31), 1)
    .option(
      '--kills <list>',
      `what is killed, and the mean seconds between two: ${usual}, or "none"`,
      parsePace,
      USUAL_PACE,
    )
    .option(
      '--calm <share>',
      'share of the time at the end in which only edges are killed and memory is judged',
      share,
      0.4,
    )
    .option('--folder <folder>', 'an empty folder for data and events (default: one in .local/soak)')
    .allowExcessArguments(false)
    .parse(args, { from: 'user' })
    .opts<Given>();
  return {
    ...rest,
    pace: kills,
    sites: 4,
    pause_ms: 1000,
    duration_ms: minutes * 60_000,
    interval_ms: interval * 1000,
    ...(folder !== undefined && { folder: resolve(process.env.INIT_CWD ?? process.cwd(), folder) }),
  };
}

const paceText = (pace: KillPace): string =>
  Object.entries(pace)
    .map(([kind, seconds]) => `${kind}:${seconds}`)
    .join(',');

function parsePace(text: string): KillPace {
  if (text === 'none') return {};
  const pairs = text.split(',').map(part => {
    const [kind, seconds, ...more] = part.split(':');
    if (!KILL_KINDS.includes(kind as KillKind) || more.length > 0) {
      throw new InvalidArgumentError(`"${kind}" can't be killed: choose of ${KILL_KINDS.join(', ')}.`);
    }
    return [kind, seconds === undefined ? USUAL_PACE[kind as KillKind] : positive(seconds)];
  });
  return Object.fromEntries(pairs) as KillPace;
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('It is a number above 0.');
}

function share(text: string): number {
  const value = Number(text);
  if (value >= 0 && value < 1) return value;
  throw new InvalidArgumentError('A share is a number from 0 up to, not including, 1.');
}

function whole(least: number, most: number): (text: string) => number {
  return text => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It is a whole number from ${least} to ${most}.`);
  };
}
