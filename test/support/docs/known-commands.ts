import { globSync } from 'node:fs';
import type { Command } from 'commander';
import { AREAS } from '../../../bench/areas.ts';
import { readSettings } from '../../../lib/settings.ts';
import { projectFile, projectText } from '../project-files.ts';
import { commanderPrograms } from './commander-programs.ts';

const { scripts } = JSON.parse(projectText('package.json')) as { scripts: Record<string, string> };

/** Subcommands of npm itself, with the options that the documentation gives them. */
const OF_NPM: Record<string, string[]> = { ci: [], audit: ['--omit=dev'], install: [] };

/** Commands of the AWS CLI that are not an operation of a service, and why they are right. */
const OF_THE_AWS_CLI = ['sso login'];

/** Names of services in the AWS CLI that differ from those of the SDK's clients. */
const CLIENTS: Record<string, string> = { 'cognito-idp': 'cognito-identity-provider' };

interface CdkCommands {
  globalOptions: Record<string, unknown>;
  commands: Record<string, { options?: Record<string, unknown> }>;
}

/** The error in a command of the documentation; null: none. */
export async function problemOf([program, ...words]: readonly string[]): Promise<string | null> {
  if (program === 'npm') return problemOfNpm(words);
  if (program === 'npx') return words[0] === 'cdk' ? problemOfCdk(words.slice(1)) : problemOfNpx(words);
  if (program === 'node') return problemOfNode(words);
  if (program === 'patronus-edge') return problemOfProgram((await commanderPrograms()).edge!, words);
  if (program === 'aws') return problemOfAws(words);
  return `${program} is a program that no rule knows`;
}

async function problemOfNpm([name = '', ...words]: readonly string[]): Promise<string | null> {
  if (name === 'run') return problemOfScript(words.filter((word, at) => at > 0 || word !== '-s'));
  if (name in OF_NPM) return words.find(word => !OF_NPM[name]!.includes(word)) ?? null;
  return name in scripts ? problemOfScript([name, ...words]) : `npm has no command ${name}`;
}

async function problemOfScript([name = '', separator, ...words]: readonly string[]): Promise<string | null> {
  const script = scripts[name];
  if (script === undefined) return `package.json has no script ${name}`;
  if (separator === undefined) return null;
  if (separator !== '--' && separator !== '…') return `${separator} comes before --`;
  if (name === 'bench') return words.find(word => !(word in AREAS || word === '--profile')) ?? null;
  const program = (await commanderPrograms())[name];
  if (program) return problemOfProgram(program, words);
  const source = projectText(/\S+\.ts$/.exec(script)?.[0] ?? 'package.json');
  return optionsIn(words).find(option => !parses(source, option)) ?? null;
}

/** Whether a script without an exported program parses an option, by commander or parseArgs. */
function parses(source: string, option: string): boolean {
  const name = option.slice(2);
  return new RegExp(`'${option}[ ']|\\b'?${name}'?: \\{ type:`).test(source);
}

/** Checks subcommands, options, choices and the number of arguments. */
function problemOfProgram(program: Command, [...words]: readonly string[]): string | null {
  let command = program;
  let options = [...program.options];
  const plain: string[] = [];
  while (words.length > 0) {
    const word = words.shift()!;
    if (word === '…' || word === '--help' || word === '--version') continue;
    if (!/^--?\w/.test(word)) {
      const alternatives = command.commands.length > 0 ? word.split('|') : [];
      const found = alternatives.map(name => command.commands.find(each => each.name() === name));
      if (alternatives.length > 0 && found.some(each => each === undefined)) return `no command ${word}`;
      if (found[0]) {
        command = found[0];
        options = [...options, ...command.options];
      } else {
        plain.push(word);
      }
      continue;
    }
    const option = options.find(({ long, short }) => word === long || word === short);
    if (!option) return `${command.name()} has no option ${word}`;
    const value =
      option.required || (option.optional && !words[0]?.startsWith('-')) ? words.shift() : undefined;
    if (option.required && value === undefined) continue;
    const wrong = value?.split('|').find(each => option.argChoices && !option.argChoices.includes(each));
    if (wrong !== undefined && !/^[A-Z…]/.test(wrong)) return `${word} takes no ${wrong}`;
  }
  const { registeredArguments } = command;
  const variadic = registeredArguments.at(-1)?.variadic ?? false;
  if (!variadic && plain.length > registeredArguments.length)
    return `${plain.at(-1)} is one argument too many`;
  return null;
}

function problemOfNpx([name = '', ...words]: readonly string[]): string | null {
  if (name !== 'vitest') return `npx ${name} is a program that no rule knows`;
  const [run, ...paths] = words;
  if (run !== 'run') return `vitest ${run} is not what runs tests once`;
  // Vitest takes the beginning of a path too.
  return paths.find(path => path !== 'FILE' && globSync(projectFile(`${path}*`)).length === 0) ?? null;
}

function problemOfCdk([name = '', ...words]: readonly string[]): string | null {
  const { globalOptions, commands } = JSON.parse(
    projectText('node_modules/aws-cdk/lib/cli/cli-type-registry.json'),
  ) as CdkCommands;
  const command = commands[name];
  if (!command) return `cdk has no command ${name}`;
  const known = { ...globalOptions, ...command.options };
  const settings = words.flatMap((word, at) => (words[at - 1] === '-c' ? [word.split('=')[0]!] : []));
  return (
    optionsIn(words).find(option => !(option.slice(2) in known)) ??
    settings.find(setting => !knownSettings().has(setting)) ??
    null
  );
}

function knownSettings(): Set<string> {
  const names = new Set<string>();
  readSettings(name => {
    names.add(name);
    return undefined;
  });
  return names;
}

async function problemOfNode([file = '', ...words]: readonly string[]): Promise<string | null> {
  // The packed edge program, in any folder.
  if (/(^|\/)patronus-edge\.mjs$/.test(file))
    return problemOfProgram((await commanderPrograms()).edge!, words);
  return globSync(projectFile(file)).length > 0 ? null : `there is no file ${file}`;
}

/** Compares a service, its operation and its options with the SDK's client of the service. */
function problemOfAws([service = '', operation = '', ...words]: readonly string[]): string | null {
  if (OF_THE_AWS_CLI.includes(`${service} ${operation}`)) return null;
  const client = `node_modules/@aws-sdk/client-${CLIENTS[service] ?? service}/dist-types`;
  const command = pascalCase(operation);
  const [commandFile] = globSync(`${client}/commands/${command}Command.d.ts`, { cwd: projectFile('') });
  if (commandFile === undefined) return `the SDK has no ${service} ${operation}`;
  const input = new RegExp(`interface ${command}CommandInput extends (\\w+)`).exec(
    projectText(commandFile),
  )![1]!;
  const models = globSync(`${client}/models/*.d.ts`, { cwd: projectFile('') })
    .map(projectText)
    .join('\n');
  const [, members = ''] = new RegExp(`interface ${input} \\{\\n(.*?)\\n\\}`, 's').exec(models) ?? [];
  const named = [...members.matchAll(/^ {4}(\w+)\??:/gm)].map(([, name]) => name!.toLowerCase());
  const member = (option: string) => option.replace(/^--(no-)?/, '').replaceAll('-', '');
  return optionsIn(words).find(option => !named.includes(member(option))) ?? null;
}

const optionsIn = (words: readonly string[]) => words.filter(word => /^--\w/.test(word));

const pascalCase = (words: string) =>
  words.replaceAll(/(?:^|-)(\w)/g, (_, first: string) => first.toUpperCase());
