/** Programs whose commands in the documentation are checked. */
const PROGRAMS = ['npm', 'npx', 'node', 'aws', 'curl', 'patronus-edge'];

/**
 * The commands of these programs in a Markdown text, each as its words: those of shell blocks and
 * those of inline code.
 */
export function commandsOf(markdown: string): string[][] {
  const blocks = [...markdown.matchAll(/^ *```(?:sh|bash)\n(.*?)^ *```/gms)].map(([, block]) => block!);
  const prose = markdown.replaceAll(/^ *```.*?^ *```/gms, '');
  const inline = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!);
  return [...blocks.map(withoutHeredocs), ...inline].flatMap(commandsIn);
}

/** The text of a heredoc is not a command. */
const withoutHeredocs = (block: string) => block.replaceAll(/(<<'(\w+)'.*\n)(?:.*\n)*?\2$/gm, '$1');

/** The commands of a shell text, in pipes, lists and substitutions too. */
export function commandsIn(shell: string): string[][] {
  const inner: string[] = [];
  const outer = shell.replaceAll(/\$\(([^()]*(?:\([^()]*\)[^()]*)*)\)/g, (_, command: string) => {
    inner.push(command);
    return 'SUBSTITUTED';
  });
  const commands = [...inner, outer].flatMap(text => text.split('\n')).flatMap(simpleCommands);
  return commands.map(fromProgram).filter(words => words.length > 0);
}

/** A line as commands, cut at `|`, `;` and `&&` between blanks. */
function simpleCommands(line: string): string[][] {
  const commands: string[][] = [[]];
  for (const word of wordsOf(line)) {
    if (word === '#') break;
    if (['|', ';', '&&', '·'].includes(word)) commands.push([]);
    else commands.at(-1)!.push(word);
  }
  return commands;
}

/** The words of a line; quoted text is one word, without its quotes. */
function wordsOf(line: string): string[] {
  const words = line.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  return words.map(word => word.replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2'));
}

/**
 * A command from its program on, without variables, `sudo` and redirections; empty for another
 * program.
 */
function fromProgram(words: string[]): string[] {
  const sudo = words[0] === 'sudo';
  const start = words.findIndex(word => PROGRAMS.includes(word));
  const before = words.slice(0, Math.max(start, 0));
  if (start < 0 || !(sudo || before.every(word => /^[A-Z_]\w*=/.test(word)))) return [];
  const end = words.findIndex((word, at) => at > start && /^(>|<<)/.test(word));
  return words.slice(start, end < 0 ? undefined : end);
}
