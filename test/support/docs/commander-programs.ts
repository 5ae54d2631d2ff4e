import { Command } from 'commander';
import { vi } from 'vitest';

/** By npm script: a function that makes its program and lets it parse the command line. */
const RUN: Record<string, () => Promise<unknown>> = {
  start: async () => (await import('../../../local/start-options.ts')).parseStartOptions([]),
  edge: async () => (await import('../../../edge/cli/program.ts')).runEdge([]),
  aws: async () => (await import('../../../scripts/aws/aws-program.ts')).runAws([]),
  ask: async () => (await import('../../../scripts/ask/ask-program.ts')).runAsk([]),
  token: async () => (await import('../../../scripts/token/token-program.ts')).runToken([]),
  export: async () => (await import('../../../scripts/export/export-program.ts')).runExport([]),
  network: async () => (await import('../../../scripts/network/network-program.ts')).runNetwork([]),
  recover: async () => (await import('../../../scripts/recover/recover-program.ts')).runRecover([]),
  rehearse: async () => (await import('../../../scripts/rehearse/rehearse-program.ts')).runRehearse([]),
  quarantine: async () =>
    (await import('../../../scripts/quarantine/quarantine-program.ts')).runQuarantine([]),
  stream: async () => (await import('../../../scripts/stream/stream-program.ts')).runStream([]),
  soak: async () => (await import('../soak/soak-options.ts')).parseSoakOptions([]),
  cost: async () => (await import('../../../scripts/cost/cost-program.ts')).runCost([], () => {}),
};

let programs: Promise<Record<string, Command>> | undefined;

/** The command-line programs by npm script, with their commands and options; none is run. */
export function commanderPrograms(): Promise<Record<string, Command>> {
  programs ??= capturePrograms();
  return programs;
}

/** Lets each program be made, and stops it before it parses its command line. */
async function capturePrograms(): Promise<Record<string, Command>> {
  const captured: Record<string, Command> = {};
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const parse = vi.spyOn(Command.prototype, 'parse');
  const parseAsync = vi.spyOn(Command.prototype, 'parseAsync');
  for (const [name, run] of Object.entries(RUN)) {
    const capture = function (this: Command): never {
      captured[name] = this;
      throw new Error('Only its options are asked for.');
    };
    parse.mockImplementation(capture);
    parseAsync.mockImplementation(capture);
    // Some programs print the error that stopped them, others pass it on.
    await run().catch(() => {});
  }
  vi.restoreAllMocks();
  return captured;
}
