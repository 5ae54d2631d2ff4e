import { PROGRAM } from '../program-name.ts';

const PLAIN = /^[\w@%+=:,./-]+$/;

/**
 * The command line that runs the edge program again with these arguments under a boot id, to paste
 * into a shell. It does not contain a token.
 *
 * @example repeatCommand(['replay', 'my file.pcap'], 'b1') // npm run edge -- replay 'my file.pcap'
 * --boot-id b1
 */
export function repeatCommand(argv: readonly string[], boot_id: string): string {
  const isGiven = argv.some(argument => argument === '--boot-id' || argument.startsWith('--boot-id='));
  const all = [...withoutToken(argv), ...(isGiven ? [] : ['--boot-id', boot_id])];
  return `${PROGRAM} ${all.map(quoted).join(' ')}`;
}

function withoutToken(argv: readonly string[]): string[] {
  return argv.map((argument, index) => {
    if (argv[index - 1] === '--token') return 'TOKEN';
    return argument.startsWith('--token=') ? '--token=TOKEN' : argument;
  });
}

function quoted(argument: string): string {
  return PLAIN.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}
