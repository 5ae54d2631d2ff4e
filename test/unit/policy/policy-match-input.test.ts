import { describe, expect, it } from 'vitest';
import { BUILT_IN_POLICY } from '../../../core/policy/policy.ts';
import { policyRuleSchema } from '../../../core/policy/policy-schema.ts';

const RULE = { id: '1', name: 'web', priority: 10, enabled: true, match: { protocol: 6 } };

function problems(rule: unknown): string[] {
  const { error } = policyRuleSchema.safeParse(rule);
  return (error?.issues ?? []).map(issue => `${issue.path.join('.')}: ${issue.message}`);
}

it('treats the default policy like any other: it matches everything, last', () => {
  expect(policyRuleSchema.parse(BUILT_IN_POLICY)).toEqual({
    id: 'default',
    name: 'Default',
    priority: 0,
    enabled: true,
    match: {},
  });
});

describe('a policy from an argument', () => {
  it('is enabled and matches everything by default', () => {
    expect(policyRuleSchema.parse({ id: '1', priority: 0 })).toEqual({
      id: '1',
      name: '',
      priority: 0,
      enabled: true,
      match: {},
    });
  });

  it.each<[string, unknown, string[]]>([
    ['all right', RULE, []],
    [
      'rules of every kind',
      {
        ...RULE,
        match: {
          source_cidr: '10.0.0.0/8',
          destination_cidr: '2001:db8::1',
          source_port: 0,
          destination_port_from: 443,
          destination_port_to: 443,
          protocol: 255,
          application: 'Web',
        },
      },
      [],
    ],
    ['only a first port', { ...RULE, match: { destination_port_from: 9 } }, []],
    ['only a last port', { ...RULE, match: { destination_port_to: 9 } }, []],
    ['an id a number', { ...RULE, id: 1 }, ['id: must be text']],
    ['a name a number', { ...RULE, name: 1 }, ['name: must be text']],
    ['priority at its end', { ...RULE, priority: 1000 }, []],
    ['priority too high', { ...RULE, priority: 1001 }, ['priority: must be a whole number from 0 to 1000']],
    ['priority below 0', { ...RULE, priority: -1 }, ['priority: must be a whole number from 0 to 1000']],
    ['priority a fraction', { ...RULE, priority: 1.5 }, ['priority: must be a whole number from 0 to 1000']],
    ['priority a text', { ...RULE, priority: '1' }, ['priority: must be a whole number from 0 to 1000']],
    ['no id', { ...RULE, id: '' }, ['id: must not be empty']],
    [
      'an id with a mark of direction, which reports may not have either',
      { ...RULE, id: 'a\u200f' },
      ['id: must not contain control characters: reports with such ids are not counted'],
    ],
    ['an id too long', { ...RULE, id: 'x'.repeat(129) }, ['id: must have at most 128 characters']],
    ['enabled a text', { ...RULE, enabled: 'yes' }, ['enabled: must be true or false']],
    [
      'a port too high',
      { ...RULE, match: { source_port: 65_536 } },
      ['match.source_port: must be a whole number from 0 to 65535'],
    ],
    [
      'a protocol too high',
      { ...RULE, match: { protocol: 256 } },
      ['match.protocol: must be a whole number from 0 to 255'],
    ],
    [
      'a range that ends before it begins',
      { ...RULE, match: { destination_port_from: 10, destination_port_to: 9 } },
      ['match.destination_port_to: must not be below destination_port_from'],
    ],
    [
      'an invalid network',
      { ...RULE, match: { source_cidr: '10.0.0.0/40' } },
      ['match.source_cidr: must be an IPv4 or IPv6 network such as 10.0.0.0/8 or 2001:db8::/32'],
    ],
    [
      'an unknown application',
      { ...RULE, match: { application: 'Games' } },
      [
        'match.application: must be one of VoIP, VideoConference, FileTransfer, Backup, Web, Email, Database, Other',
      ],
    ],
    ['a condition misspelt', { ...RULE, match: { src_port: 1 } }, ['match: Unrecognized key: "src_port"']],
  ])('%s', (_, rule, expected) => {
    expect(problems(rule)).toEqual(expected);
  });
});
