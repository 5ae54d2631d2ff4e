import { globSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../../lib/settings.ts';
import { awsProgram } from '../../../scripts/aws/aws-program.ts';
import { SMOKE_STEPS } from '../../../scripts/aws/smoke/smoke-steps.ts';
import { projectFile, projectText } from '../../support/project-files.ts';

const text = projectText('docs/deploying.md');
const lines = [...text.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block]) => block!.trim().split('\n'));
const inText = [...text.matchAll(/`(npm run [^`]*|npx cdk [^`]*)`/g)].map(([, command]) => command!);
const commands = [...lines, ...inText].map(line => /(?:npm run|npx cdk)[^)]*/.exec(line)?.[0] ?? line);

describe('docs/deploying.md', () => {
  const program = awsProgram(
    () => {},
    () => {},
  );

  it.each(commands.filter(command => command.includes('aws -- ')))(
    '%s is a command with these options',
    command => {
      const [name, ...words] = command.slice(command.indexOf('-- ') + 3).split(' ');
      const found = program.commands.find(each => each.name() === name);
      expect([name, found?.name()]).toEqual([name, name]);
      expect(unknownOptions(found!, words)).toEqual([]);
    },
  );

  it.each(commands.filter(command => command.startsWith('npx cdk')))(
    '%s is a command of the CDK',
    command => {
      const [, , name = '', ...words] = command.split(' ');
      const known = OF_THE_CDK[name] ?? [];
      expect([
        name in OF_THE_CDK,
        words.filter(word => word.startsWith('-') && !known.includes(word)),
      ]).toEqual([true, []]);
    },
  );

  it('has settings that there are, with values that they take', () => {
    const given = [...text.matchAll(/(?:-c |\| `)(\w+)=([^\s`…]+)/g)].map(([, name, value]) => [
      name!,
      value!,
    ]);
    expect(given.length).toBeGreaterThan(8);
    for (const [name, value] of given) {
      const asked = new Set<string>();
      readSettings(setting => {
        asked.add(setting);
        return setting === name ? value : undefined;
      });
      expect([name, asked.has(name!)]).toEqual([name, true]);
    }
  });

  it('names scripts that there are', () => {
    const { scripts } = JSON.parse(projectText('package.json')) as { scripts: Record<string, string> };
    const names = commands.flatMap(command => /^npm run (?:-s )?([\w:]+)/.exec(command)?.[1] ?? []);
    expect(names.filter(name => !(name in scripts))).toEqual([]);
    expect(names).toContain('cost');
  });

  it('has every step of the smoke test', () => {
    const table = text.slice(text.indexOf('| step | proves |'), text.indexOf('What it counted is voided'));
    expect([...table.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name)).toEqual(
      SMOKE_STEPS.map(({ name }) => name),
    );
  });
});

/**
 * Commands of the CDK 2.1148 with those of their options that we use, as `npx cdk COMMAND --help`
 * lists them.
 */
const OF_THE_CDK: Record<string, string[]> = {
  bootstrap: ['--cloudformation-execution-policies'],
  deploy: ['--all', '-c'],
  destroy: ['--all', '-c'],
  diff: ['-c'],
};

/** Options that a command doesn't know, and words that it takes for no argument. */
function unknownOptions(command: Command, words: readonly string[]): string[] {
  const options = new Map(
    command.options.flatMap(each => [[each.long, each] as const, [each.short, each] as const]),
  );
  const unknown: string[] = [];
  const plain: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (!word.startsWith('-')) {
      plain.push(word);
      continue;
    }
    const option = options.get(word);
    if (!option) unknown.push(word);
    else if (option.required || option.optional) at++;
  }
  return [...unknown, ...plain.slice(command.registeredArguments.length)];
}

/** Prefixes of IAM's actions, by the names of the SDK's clients. */
const PREFIXES: Record<string, string> = {
  cloudformation: 'cloudformation',
  cloudwatch: 'cloudwatch',
  'cognito-identity-provider': 'cognito-idp',
  dynamodb: 'dynamodb',
  iam: 'iam',
  kinesis: 'kinesis',
  lambda: 'lambda',
  'service-quotas': 'servicequotas',
  sns: 'sns',
  ssm: 'ssm',
  sts: 'sts',
};

/** What `admin` asks of the user pool through core/users. */
const OF_THE_DIRECTORY = [
  'AdminGetUser',
  'AdminListGroupsForUser',
  'AdminCreateUser',
  'AdminAddUserToGroup',
  'AdminEnableUser',
];

/** Asked with no right at all, or by the test edge's own role. */
const NOT_GRANTED = ['sts:GetCallerIdentity', 'kinesis:PutRecords'];

describe('the rights in docs/deploying.md', () => {
  it('are those of the calls that npm run aws makes, and no others', () => {
    const calls = new Set<string>(OF_THE_DIRECTORY.map(call => `cognito-idp:${call}`));
    for (const file of globSync('scripts/aws/**/*.ts', { cwd: projectFile('') })) {
      const source = projectText(file);
      for (const [, names, client] of source.matchAll(
        /import \{([^}]*)\} from '@aws-sdk\/client-([\w-]+)'/g,
      )) {
        for (const [, call] of names!.matchAll(/\b(\w+)Command\b/g)) {
          // An import under another name.
          if (call !== 'DescribeTableLimits') calls.add(`${PREFIXES[client!]}:${call}`);
        }
      }
      for (const [, call] of source.matchAll(/call(?:<[^(]*>)?\('(\w+)'/g)) calls.add(`sqs:${call}`);
    }
    const policies = [...text.matchAll(/```json\n(.*?)```/gs)].map(([, json]) => JSON.parse(json!));
    const granted = (policies[1].Statement as { Action: string[] }[]).flatMap(({ Action }) => Action);
    // Roles are made with tags.
    const expected = [...calls, 'iam:TagRole'].filter(call => !NOT_GRANTED.includes(call));
    expect(granted.toSorted()).toEqual(expected.toSorted());
  });
});
