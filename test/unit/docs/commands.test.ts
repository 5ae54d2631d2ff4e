import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commandsIn, commandsOf } from '../../support/docs/doc-commands.ts';
import { problemOf } from '../../support/docs/known-commands.ts';
import { projectFile, projectText } from '../../support/project-files.ts';

const FILES = ['README.md', ...globSync('docs/*.md', { cwd: projectFile('') }).toSorted()];

describe('the commands of the documentation', () => {
  it.each(FILES)('in %s exist, with their options and arguments', async file => {
    const problems: [string, string][] = [];
    for (const words of commandsOf(projectText(file))) {
      const problem = await problemOf(words);
      if (problem !== null) problems.push([words.join(' '), problem]);
    }
    expect(problems).toEqual([]);
  });

  it('are found in the text', () => {
    expect(FILES.flatMap(file => commandsOf(projectText(file))).length).toBeGreaterThan(150);
  });

  it.each([
    ['npm run edgy', 'package.json has no script edgy'],
    ['npm run export -- flow --from TIME', 'no command flow'],
    ['npm run export -- flows --format xml', '--format takes no xml'],
    ['npm run edge -- replay FILE --policy FILE', 'replay has no option --policy'],
    ['npm run token -- viewer admin', 'admin is one argument too many'],
    ['npm run edge replay FILE', 'replay comes before --'],
    ['npm run bench -- ingestion', 'ingestion'],
    ['npm run mutation -- --change main', '--change'],
    ['npm start -- --ports 4000', 'npm start -- has no option --ports'],
    ['npm publish', 'npm has no command publish'],
    ['npx cdk deploys --all', 'cdk has no command deploys'],
    ['npx cdk deploy --everything', '--everything'],
    ['npx cdk deploy -c shard=2', 'shard'],
    ['npx vitest run test/unit/none', 'test/unit/none'],
    ['node patronus-edge.mjs replays', 'no command replays'],
    ['node scripts/none.js', 'there is no file scripts/none.js'],
    ['aws kinesis create-streams', 'the SDK has no kinesis create-streams'],
    ['aws kinesis create-stream --stream NAME', '--stream'],
    ['curl http://127.0.0.1:4000/', 'curl is a program that no rule knows'],
  ])('are checked: %s is rejected', async (command, problem) => {
    const [words] = commandsIn(command);
    expect(await problemOf(words!)).toBe(problem);
  });
});

describe('commands in a text', () => {
  it.each([
    [
      '`npm ci` and `npm test`',
      [
        ['npm', 'ci'],
        ['npm', 'test'],
      ],
    ],
    ['`some code` and `npm`', [['npm']]],
    [
      '```sh\na | npm run x -- --y # why\nnode z && aws s o\n```',
      [
        ['npm', 'run', 'x', '--', '--y'],
        ['node', 'z'],
        ['aws', 's', 'o'],
      ],
    ],
    [
      "```sh\nx=$(npm run ask -- '{ a(b: 1) | c }' --pick d)\n```",
      [['npm', 'run', 'ask', '--', '{ a(b: 1) | c }', '--pick', 'd']],
    ],
    ["```sh\nnpm run ask <<'END'\nnpm no\nEND\n```", [['npm', 'run', 'ask']]],
    [
      '`npm run x > FILE`, `sudo -u a node b`, `A=1 npm ci`',
      [
        ['npm', 'run', 'x'],
        ['node', 'b'],
        ['npm', 'ci'],
      ],
    ],
    ['```json\nnpm ci\n```', []],
  ])('are found in %j', (markdown, commands) => {
    expect(commandsOf(markdown)).toEqual(commands);
  });
});
