import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { APPLICATION_CLASSES } from '../../../core/policy/application-class.ts';
import { explainMatch } from '../../../core/policy/explain-match.ts';
import type { FlowKey } from '../../../core/policy/flow-key.ts';
import type { PolicyMatch, PolicyRule } from '../../../core/policy/policy.ts';
import { compilePolicies } from '../../../core/policy/policy-match.ts';
import { policyReaches, unreachablePolicies } from '../../../core/policy/unreachable-policies.ts';

const FLOW: FlowKey = { src: '10.1.2.3', src_port: 0, dst: '192.0.2.9', dst_port: 0, protocol: 6 };

function rule(id: string, priority: number, match: PolicyMatch = {}, enabled = true): PolicyRule {
  return { id, name: '', priority, enabled, match };
}

describe('conditions on ports', () => {
  const conditions: PolicyMatch[] = [
    { destination_port_to: 80 },
    { destination_port_from: 0 },
    { destination_port_from: 0, destination_port_to: 65_535 },
    { source_port: 0 },
  ];

  it.each(conditions)('hold for the protocols that have ports, and no other: %j', match => {
    const matcher = compilePolicies([rule('1', 1, match)]);
    const taken = Array.from({ length: 256 }, (_, protocol) => protocol).filter(
      protocol => matcher.match({ ...FLOW, protocol }) === '1',
    );
    expect(taken).toEqual([6, 17, 33, 132, 136]);
  });
});

// Few values each, so that policies meet, contain and miss each other.
const match: fc.Arbitrary<PolicyMatch> = fc.record(
  {
    protocol: fc.constantFrom(1, 6, 17),
    source_port: fc.constantFrom(0, 443, 20_000),
    destination_port_from: fc.constantFrom(0, 80, 443),
    destination_port_to: fc.constantFrom(443, 25_000, 65_535),
    source_cidr: fc.constantFrom(
      '10.0.0.0/8',
      '10.0.0.0/9',
      '10.128.0.0/9',
      '0.0.0.0/0',
      '::/0',
      '::/1',
      '8000::/1',
    ),
    destination_cidr: fc.constantFrom('10.1.0.0/16', '0.0.0.0/1', '128.0.0.0/1', '::/0'),
    application: fc.constantFrom(...APPLICATION_CLASSES),
  },
  { requiredKeys: [] },
);
const rules = fc
  .array(fc.tuple(match, fc.integer({ min: 0, max: 3 }), fc.boolean()), { minLength: 1, maxLength: 7 })
  .map(list => list.map(([rules, priority, enabled], id) => rule(`${id}`, priority, rules, enabled)));
const port = fc.constantFrom(0, 79, 80, 443, 5060, 20_000, 20_001, 25_000, 25_001, 40_000, 65_535);
const flow: fc.Arbitrary<FlowKey> = fc
  .tuple(
    fc.constantFrom(
      ['10.1.2.3', '10.1.9.9'],
      ['10.200.0.1', '192.0.2.1'],
      ['172.16.0.1', '9.9.9.9'],
      ['2001:db8::1', 'fe80::1'],
      ['9000::1', '::1'],
    ),
    port,
    port,
    fc.constantFrom(1, 6, 17, 47, 132),
  )
  .map(([[src, dst], src_port, dst_port, protocol]) => ({
    src: src!,
    dst: dst!,
    src_port,
    dst_port,
    protocol,
  }));

describe('the explanation of a match', () => {
  it('agrees with the matcher, and says of every other policy why', () => {
    fc.assert(
      fc.property(rules, flow, (policies, key) => {
        const { policy_id, others } = explainMatch(policies, key);
        expect(policy_id).toBe(compilePolicies(policies).match(key));
        const all = [policy_id, ...others.map(other => other.policy_id)].toSorted();
        expect(all).toEqual([...policies.map(({ id }) => id), 'default'].toSorted());
        for (const verdict of others) {
          const one = policies.find(({ id }) => id === verdict.policy_id);
          if (!one) continue;
          const matches = compilePolicies([{ ...one, enabled: true }]).match(key) === one.id;
          if (verdict.reason === 'disabled') expect(one.enabled).toBe(false);
          else expect(verdict.reason).toBe(matches ? 'comes_later' : 'condition');
        }
      }),
    );
  });

  it('names the first condition that failed, with what was wanted and found', () => {
    const web = rule('1', 9, { protocol: 6, destination_port_from: 80, destination_port_to: 443 });
    expect(explainMatch([web, rule('2', 1)], { ...FLOW, dst_port: 444 })).toEqual({
      policy_id: '2',
      others: [
        {
          policy_id: '1',
          reason: 'condition',
          condition: 'destination_port',
          wanted: '80 to 443',
          found: '444',
        },
        { policy_id: 'default', reason: 'comes_later' },
      ],
    });
    expect(explainMatch([rule('1', 9, { source_port: 0 })], { ...FLOW, protocol: 47 }).others).toEqual([
      {
        policy_id: '1',
        reason: 'condition',
        condition: 'source_port',
        wanted: '0',
        found: 'none: protocol 47 has no ports',
      },
    ]);
  });
});

describe('policies that can never match', () => {
  it.each<[string, PolicyRule[], { policy_id: string; shadowed_by: string[] }[]]>([
    [
      'one behind a wider one',
      [rule('1', 9, { protocol: 6 }), rule('2', 1, { protocol: 6, source_port: 5 })],
      [{ policy_id: '2', shadowed_by: ['1'] }],
    ],
    ['the same again', [rule('1', 1), rule('2', 1)], [{ policy_id: '2', shadowed_by: ['1'] }]],
    ['not behind one that is switched off', [rule('1', 9, {}, false), rule('2', 1)], []],
    [
      'behind two halves of a network',
      [
        rule('1', 9, { source_cidr: '10.0.0.0/9' }),
        rule('2', 8, { source_cidr: '10.128.0.0/9' }),
        rule('3', 1, { source_cidr: '10.0.0.0/8' }),
      ],
      [{ policy_id: '3', shadowed_by: ['1', '2'] }],
    ],
    [
      'not behind two parts that leave an address',
      [
        rule('1', 9, { source_cidr: '10.0.0.0/9' }),
        rule('2', 8, { source_cidr: '10.128.0.0/10' }),
        rule('3', 1, { source_cidr: '10.0.0.0/8' }),
      ],
      [],
    ],
    [
      'behind both versions of IP',
      [rule('1', 9, { source_cidr: '0.0.0.0/0' }), rule('2', 8, { destination_cidr: '::/0' }), rule('3', 1)],
      [{ policy_id: '3', shadowed_by: ['1', '2'] }],
    ],
    [
      'behind all application classes',
      [...APPLICATION_CLASSES.map((application, i) => rule(`${i}`, 9, { application })), rule('all', 1)],
      [{ policy_id: 'all', shadowed_by: APPLICATION_CLASSES.map((_, i) => `${i}`) }],
    ],
    [
      'not behind all but one application class',
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
  ])('%s', (_, policies, expected) => {
    expect(unreachablePolicies(policies)).toEqual(expected);
  });

  it('are never claimed falsely: no flow ever belongs to one', () => {
    fc.assert(
      fc.property(rules, fc.array(flow, { minLength: 20, maxLength: 60 }), (policies, flows) => {
        const never = new Set(unreachablePolicies(policies).map(({ policy_id }) => policy_id));
        const matcher = compilePolicies(policies);
        for (const key of flows) expect(never).not.toContain(matcher.match(key));
      }),
      { numRuns: 300 },
    );
  });

  it('are all others but those that are left undecided: a flow that is shown belongs to each', () => {
    fc.assert(
      fc.property(rules, policies => {
        const matcher = compilePolicies(policies);
        const reaches = policyReaches(policies);
        expect(reaches.map(({ policy_id }) => policy_id)).toEqual(matcher.policy_ids.slice(0, -1));
        for (const found of reaches) {
          expect(found.reach).not.toBe('undecided');
          if (found.reach === 'reachable') expect(matcher.match(found.example)).toBe(found.policy_id);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are not claimed where the proof would take too long', () => {
    const ports = Array.from({ length: 300 }, (_, port) => port);
    const many = ports.flatMap(port => [
      rule(`s${port}`, 9, { source_port: port }),
      rule(`d${port}`, 9, { destination_port_from: port }),
    ]);
    expect(unreachablePolicies([...many, rule('last', 1)])).toEqual([]);
    expect(policyReaches([...many, rule('last', 1)]).at(-1)).toEqual({
      policy_id: 'last',
      reach: 'undecided',
    });
  });
});
