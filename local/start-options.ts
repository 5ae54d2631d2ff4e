import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';

export interface StartOptions {
  port: number;
  demo: boolean;
  /** Seed of the demo's traffic and events. */
  seed: number;
  /** Absolute. */
  data?: string;
  /** Folder of endpoints.json and logs; absolute. */
  system?: string;
  verbose: boolean;
}

const DEFAULT_PORT = 4000;
const MAX_PORT = 65_535;

/**
 * Reads the command line of `npm start --`. For help or an invalid option, it prints a message and
 * ends the process.
 */
export function parseStartOptions(args: readonly string[]): StartOptions {
  const { port, demo, seed, data, system, verbose } = new Command('npm start --')
    .description('Runs all of Patronus on this machine; Ctrl-C stops it.')
    .option(
      '--port <port>',
      'port of the GraphQL API; all other ports are chosen automatically',
      parsePort,
      DEFAULT_PORT,
    )
    .option('--no-demo', 'start empty: no policies, no simulated edges')
    .option('--seed <number>', "seed of the demo's traffic", parseSeed, 1)
    .option(
      '--data <folder>',
      'keep the data in this folder between runs; without it, all data is lost at the end',
    )
    .option(
      '--system <folder>',
      'folder of endpoints.json and logs; a second system needs its own (default: .local)',
    )
    .option('--verbose', 'print the output of the functions', false)
    .allowExcessArguments(false)
    .parse(args, { from: 'user' })
    .opts<StartOptions>();
  return {
    port,
    demo,
    seed,
    verbose,
    ...(data !== undefined && { data: fromWhereTheyStand(data) }),
    ...(system !== undefined && { system: fromWhereTheyStand(system) }),
  };
}

/** npm changes to the project's folder, but paths are relative to the user's folder. */
function fromWhereTheyStand(path: string): string {
  return resolve(process.env.INIT_CWD ?? process.cwd(), path);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= MAX_PORT) return port;
  throw new InvalidArgumentError(`A port is a whole number from 0 (any free one) to ${MAX_PORT}.`);
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(seed)) return seed;
  throw new InvalidArgumentError('A seed is a whole number from 0.');
}
