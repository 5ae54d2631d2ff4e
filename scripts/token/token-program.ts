import { Command } from 'commander';
import { exitCodeOf } from '../../edge/cli/exit-code.ts';
import { systemFolderOption } from '../../edge/cli/system-folder.ts';
import { localUser } from './local-user.ts';

/** Runs the token program and returns its exit code: 0 done, 1 failed, 2 bad usage. */
export async function runToken(argv: readonly string[]): Promise<number> {
  const program = new Command('token')
    .description('Prints an access token of the running local system, valid for an hour.')
    .argument('<group>', 'group of the user: admin, operator or viewer')
    .addOption(systemFolderOption())
    .showHelpAfterError('(use --help for usage)')
    .exitOverride()
    .action(async (group: string, { system }: { system: string }) => {
      const { token } = await localUser(group, system);
      process.stdout.write(`${token}\n`);
    });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (cause) {
    return exitCodeOf(cause);
  }
}
