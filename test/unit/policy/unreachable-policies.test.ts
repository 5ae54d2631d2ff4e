import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { APPLICATION_CLASSES } from '../../../core/policy/application-class.ts';
import type { PolicyMatch, PolicyRule } from '../../../core/policy/policy.ts';
import { compilePolicies } from '../../../core/policy/policy-match.ts';
import { policyReaches, unreachablePolicies } from '../../../core/policy/unreachable-policies.ts';
import { anyFlow, anyPolicies, rule } from '../../support/any-policies.ts';

/** The reach of policies by id; each example flow is checked to belong to its policy. */
function reaches(policies: PolicyRule[]): Record<string, 'reachable' | 'undecided' | string[]> {
  const matcher = compilePolicies(policies);
  const found = policyReaches(policies);
  expect(found.map(({ policy_id }) => policy_id)).toEqual(matcher.policy_ids.slice(0, -1));
  for (const one of found) {
    if (one.reach === 'reachable') expect(matcher.match(one.example)).toBe(one.policy_id);
  }
  return Object.fromEntries(
    found.map(one => [one.policy_id, one.reach === 'unreachable' ? one.shadowed_by : one.reach]),
  );
}

describe('policies that can never match', () => {
  it.each<[string, PolicyRule[], { policy_id: string; shadowed_by: string[] }[]]>([
    [
      'one after a wider one',
      [rule('1', 9, { protocol: 6 }), rule('2', 1, { protocol: 6, source_port: 5 })],
      [{ policy_id: '2', shadowed_by: ['1'] }],
    ],
    ['the same again', [rule('1', 1), rule('2', 1)], [{ policy_id: '2', shadowed_by: ['1'] }]],
    ['not after a disabled one', [rule('1', 9, {}, false), rule('2', 1)], []],
    [
      'after two halves of a network',
      [
        rule('1', 9, { source_cidr: '10.0.0.0/9' }),
        rule('2', 8, { source_cidr: '10.128.0.0/9' }),
        rule('3', 1, { source_cidr: '10.0.0.0/8' }),
      ],
      [{ policy_id: '3', shadowed_by: ['1', '2'] }],
    ],
    [
      'not after two parts that leave an address',
      [
        rule('1', 9, { source_cidr: '10.0.0.0/9' }),
        rule('2', 8, { source_cidr: '10.128.0.0/10' }),
        rule('3', 1, { source_cidr: '10.0.0.0/8' }),
      ],
      [],
    ],
    [
      'after both versions of IP',
      [rule('1', 9, { source_cidr: '0.0.0.0/0' }), rule('2', 8, { destination_cidr: '::/0' }), rule('3', 1)],
      [{ policy_id: '3', shadowed_by: ['1', '2'] }],
    ],
    [
      'after all application classes',
      [...APPLICATION_CLASSES.map((application, i) => rule(`${i}`, 9, { application })), rule('all', 1)],
      [{ policy_id: 'all', shadowed_by: APPLICATION_CLASSES.map((_, i) => `${i}`) }],
    ],
    [
      'not after all but one application class',
      [
        ...APPLICATION_CLASSES.slice(1).map((application, i) => rule(`${i}`, 9, { application })),
        rule('all', 1),
      ],
      [],
    ],
    [
      'all ports of TCP',
      [rule('1', 9, { destination_port_to: 65_535 }), rule('2', 1, { protocol: 6 })],
      [{ policy_id: '2', shadowed_by: ['1'] }],
    ],
    [
      'not all ports, for ICMP',
      [rule('1', 9, { destination_port_to: 65_535 }), rule('2', 1, { protocol: 1 })],
      [],
    ],
    [
      'rules of a protocol without ports',
      [rule('1', 9, { protocol: 47, source_port: 4 })],
      [{ policy_id: '1', shadowed_by: [] }],
    ],
    [
      'rules of two versions of IP',
      [rule('1', 9, { source_cidr: '::/0', destination_cidr: '10.0.0.0/8' })],
      [{ policy_id: '1', shadowed_by: [] }],
    ],
    [
      'a class that no port of the range has',
      [rule('1', 9, { application: 'Web', protocol: 58 })],
      [{ policy_id: '1', shadowed_by: [] }],
    ],
    [
      'contradictory rules, after one that matches everything',
      [rule('1', 9), rule('2', 1, { protocol: 47, source_port: 4 })],
      [{ policy_id: '2', shadowed_by: [] }],
    ],
    [
      'one after a single sufficient one, rather than after two together',
      [
        rule('1', 9, { source_cidr: '10.0.0.0/8' }),
        rule('2', 8, { source_cidr: '0.0.0.0/1', protocol: 6 }),
        rule('3', 7, { source_cidr: '128.0.0.0/1', protocol: 6 }),
        rule('4', 1, { source_cidr: '10.0.0.0/8', protocol: 6 }),
      ],
      [{ policy_id: '4', shadowed_by: ['1'] }],
    ],
    [
      'one of any version of IP after another',
      [
        rule('1', 9, { source_cidr: '0.0.0.0/0', protocol: 6 }),
        rule('2', 8, { source_cidr: '::/0', protocol: 6 }),
        rule('3', 7, { protocol: 6 }),
        rule('4', 6, { protocol: 6 }),
      ],
      [
        { policy_id: '3', shadowed_by: ['1', '2'] },
        { policy_id: '4', shadowed_by: ['3'] },
      ],
    ],
    [
      'after the necessary ones only, wherever the others are tried',
      [
        rule('1', 9, { source_cidr: '10.0.0.0/8', protocol: 17 }),
        rule('2', 8, { source_cidr: '10.0.0.0/9' }),
        rule('3', 7, { source_cidr: '10.64.0.0/10', source_port: 5 }),
        rule('4', 6, { source_cidr: '10.128.0.0/9' }),
        rule('5', 5, { source_cidr: '10.0.0.0/8', destination_port_to: 80 }),
        rule('6', 1, { source_cidr: '10.0.0.0/8' }),
      ],
      [
        { policy_id: '3', shadowed_by: ['2'] },
        { policy_id: '5', shadowed_by: ['2', '4'] },
        { policy_id: '6', shadowed_by: ['2', '4'] },
      ],
    ],
    [
      'ports within another range',
      [
        rule('1', 9, { destination_port_from: 10, destination_port_to: 20 }),
        rule('2', 1, { destination_port_from: 10, destination_port_to: 20, source_port: 7 }),
      ],
      [{ policy_id: '2', shadowed_by: ['1'] }],
    ],
    ...[
      { destination_port_from: 9, destination_port_to: 20 },
      { destination_port_from: 10, destination_port_to: 21 },
      { destination_port_from: 21 },
      { destination_port_to: 9 },
    ].map((ports): [string, PolicyRule[], []] => [
      `not ports of which another range leaves one: ${JSON.stringify(ports)}`,
      [rule('1', 9, { destination_port_from: 10, destination_port_to: 20 }), rule('2', 1, ports)],
      [],
    ]),
    ...[
      { destination_port_from: 5, destination_port_to: 10 },
      { destination_port_from: 10, destination_port_to: 15 },
    ].map((ports): [string, PolicyRule[], { policy_id: string; shadowed_by: string[] }[]] => [
      `one port at an end of another range: ${JSON.stringify(ports)}`,
      [rule('1', 9, ports), rule('2', 1, { destination_port_from: 10 })],
      [{ policy_id: '2', shadowed_by: ['1'] }],
    ]),
    [
      'not after all ports of TCP but the last',
      [rule('1', 9, { destination_port_to: 65_534 }), rule('2', 1, { protocol: 6 })],
      [],
    ],
    [
      'not after ranges of ports of which the first leaves an address',
      [
        rule('1', 9, { destination_port_to: 79, source_cidr: '10.0.0.0/9' }),
        rule('2', 8, { destination_port_from: 80, destination_port_to: 65_535 }),
        rule('3', 1, { protocol: 6, source_cidr: '10.0.0.0/8' }),
      ],
      [],
    ],
    [
      'not after every protocol with ports',
      [...[6, 17, 33, 132, 136].map(protocol => rule(`${protocol}`, 9, { protocol })), rule('all', 1)],
      [],
    ],
    [
      'after every protocol',
      [...Array.from({ length: 256 }, (_, protocol) => rule(`${protocol}`, 9, { protocol })), rule('all', 1)],
      [{ policy_id: 'all', shadowed_by: Array.from({ length: 256 }, (_, protocol) => `${protocol}`) }],
    ],
    [
      'not after every protocol, one of them for a single port',
      [
        ...Array.from({ length: 256 }, (_, protocol) =>
          rule(`${protocol}`, 9, protocol === 6 ? { protocol, source_port: 5 } : { protocol }),
        ),
        rule('all', 1),
      ],
      [],
    ],
    [
      'not after halves of IPv6, one of them with fewer ports',
      [
        rule('1', 9, { destination_cidr: '2001:db8::/33' }),
        rule('2', 8, { destination_cidr: '2001:db8:8000::/33', destination_port_from: 443 }),
        rule('3', 1, { destination_cidr: '2001:db8::/32' }),
      ],
      [],
    ],
    [
      'not after others whose concatenated ids are equal',
      [
        rule('1', 9, { destination_port_to: 79, source_cidr: '10.0.0.0/9' }),
        rule('12', 8, { destination_port_to: 79, source_cidr: '10.0.0.0/10' }),
        rule('11', 7, { destination_port_from: 80, destination_port_to: 65_535, source_cidr: '10.0.0.0/9' }),
        rule('2', 6, { destination_port_from: 80, destination_port_to: 65_535, source_cidr: '10.0.0.0/8' }),
        rule('last', 1, { protocol: 6, source_cidr: '10.0.0.0/8' }),
      ],
      [{ policy_id: '12', shadowed_by: ['1'] }],
    ],
  ])('%s', (_, policies, expected) => {
    expect(unreachablePolicies(policies)).toEqual(expected);
    reaches(policies);
  });

  it('are an error if a network cannot be read', () => {
    expect(() => unreachablePolicies([rule('1', 9, { destination_cidr: '10.0.0.0/33' })])).toThrow(
      '"10.0.0.0/33" is not an IPv4 or IPv6 network such as 10.0.0.0/8 or 2001:db8::/32.',
    );
  });

  it('are never wrong: no flow ever matches one', () => {
    fc.assert(
      fc.property(anyPolicies, fc.array(anyFlow, { minLength: 20, maxLength: 60 }), (policies, flows) => {
        const never = new Set(unreachablePolicies(policies).map(({ policy_id }) => policy_id));
        const matcher = compilePolicies(policies);
        for (const key of flows) expect(never).not.toContain(matcher.match(key));
      }),
    );
  });

  it('are complete: each other policy matches an example flow', () => {
    fc.assert(
      fc.property(anyPolicies, policies => {
        expect(Object.values(reaches(policies))).not.toContain('undecided');
      }),
    );
  });
});

/** So many ports that checking each of them with each of their policies takes too long. */
const PORTS = Array.from({ length: 220 }, (_, port) => port);

const sources = (match: PolicyMatch = {}) =>
  PORTS.map(port => rule(`source ${port}`, 9, { source_port: port, ...match }));
const destinations = (match: PolicyMatch = {}) =>
  PORTS.map(port => rule(`destination ${port}`, 9, { destination_port_from: port, ...match }));

describe('a proof that takes too long', () => {
  it.each([
    ['source ports', sources()],
    ['destination ports', destinations()],
  ])('leaves a policy undecided, and no other: %s', (_, many) => {
    const found = reaches([...many, rule('last', 1)]);
    expect(Object.entries(found).filter(([, reach]) => reach !== 'reachable')).toEqual([
      ['last', 'undecided'],
    ]);
    expect(unreachablePolicies([...many, rule('last', 1)])).toEqual([]);
  });

  it('leaves a policy undecided if its addresses fall into too many parts', () => {
    // Each has the addresses that begin with a number of ones and then a zero; the last one has the
    // rest.
    const whole = Array.from({ length: 33 }, (_, ones) => {
      const address = [24, 16, 8, 0].map(shift => ((2 ** 32 - 2 ** (32 - ones)) / 2 ** shift) & 255);
      return rule(`${ones}`, 8, { destination_cidr: `${address.join('.')}/${Math.min(32, ones + 1)}` });
    });
    const hosts = Array.from({ length: 20 }, (_, n) =>
      rule(`host ${n}`, 9, { source_cidr: `${(n * 89) % 251}.${(n * 7) % 251}.${(n * 31) % 251}.1` }),
    );
    const last = rule('last', 1, { source_cidr: '0.0.0.0/0' });
    expect(reaches([...whole, last]).last).toEqual(whole.map(({ id }) => id));
    expect(reaches([...whole, ...hosts, last]).last).toBe('undecided');
  });

  it.each<[string, PolicyRule[], PolicyMatch]>([
    ['protocol', sources({ protocol: 6 }), { protocol: 17 }],
    ['source port', destinations({ source_port: 5 }), { source_port: 6 }],
    ['application', sources({ application: 'Web' }), { application: 'Email' }],
    [
      'range of ports, further down',
      sources({ destination_port_from: 5, destination_port_to: 8 }),
      { destination_port_from: 9 },
    ],
    ['range of ports, further up', sources({ destination_port_from: 9 }), { destination_port_to: 8 }],
    ['version of IP', sources({ source_cidr: '0.0.0.0/0' }), { source_cidr: '::/0' }],
    [
      'destination network',
      sources({ destination_cidr: '10.0.0.0/9' }),
      { destination_cidr: '10.128.0.0/9' },
    ],
  ])('is not caused by policies that share no flow with the policy: %s', (_, many, match) => {
    expect(reaches([...many, rule('last', 1, match)]).last).toBe('reachable');
  });

  it('does not hide an unreachable policy if only the minimal set takes too long to find', () => {
    const each = Array.from({ length: 41 }, (_, port) =>
      rule(`${port}`, 9, { destination_port_from: port, destination_port_to: port < 40 ? port : 65_535 }),
    );
    expect(reaches([...each, rule('last', 1, { protocol: 6 })]).last).toEqual(each.map(({ id }) => id));
  });

  it('is not tried again after ten have taken too long', () => {
    const last = (count: number) => [
      ...sources({ source_cidr: '0.0.0.0/0' }),
      ...PORTS.slice(0, count).map(port => rule(`wide ${port}`, 5, { destination_port_from: port })),
      rule('apart', 1, { source_cidr: '::/0' }),
    ];
    expect(reaches(last(2)).apart).toBe('reachable');
    expect(reaches(last(10)).apart).toBe('undecided');
  });
});
