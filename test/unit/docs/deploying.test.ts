import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../../lib/settings.ts';
import { SMOKE_STEPS } from '../../../scripts/aws/smoke/smoke-steps.ts';
import { projectFile, projectText } from '../../support/project-files.ts';

const text = projectText('docs/deploying.md');

describe('docs/deploying.md', () => {
  it('names existing settings with valid values', () => {
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

  it('lists every step of the smoke test', () => {
    const table = text.slice(text.indexOf('| step | proves |'), text.indexOf('Its counts are voided'));
    expect([...table.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name)).toEqual(
      SMOKE_STEPS.map(({ name }) => name),
    );
  });
});

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

/** The requests of `admin` to the user pool through core/users. */
const OF_THE_DIRECTORY = [
  'AdminGetUser',
  'AdminListGroupsForUser',
  'AdminCreateUser',
  'AdminAddUserToGroup',
  'AdminEnableUser',
];

/** Requested without any right, or with the role of the test edge. */
const NOT_GRANTED = ['sts:GetCallerIdentity', 'kinesis:PutRecords'];

describe('the rights in docs/deploying.md', () => {
  it('are exactly those that npm run aws needs', () => {
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
    // Roles are created with tags.
    const expected = [...calls, 'iam:TagRole'].filter(call => !NOT_GRANTED.includes(call));
    expect(granted.toSorted()).toEqual(expected.toSorted());
  });
});
