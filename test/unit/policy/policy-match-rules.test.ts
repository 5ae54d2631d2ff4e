import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ApplicationClass, applicationClass } from '../../../core/policy/application-class.ts';
import type { FlowKey } from '../../../core/policy/flow-key.ts';
import type { PolicyMatch, PolicyRule } from '../../../core/policy/policy.ts';
import { comparePolicyIds, compilePolicies } from '../../../core/policy/policy-match.ts';

const V4: FlowKey = { src: '10.1.2.3', src_port: 51_234, dst: '192.0.2.9', dst_port: 443, protocol: 6 };
const V6: FlowKey = { ...V4, src: '2001:db8:1::5', dst: '2001:db8:2:3:4:5:6:7' };

function rule(id: string, priority: number, match: PolicyMatch = {}, enabled = true): PolicyRule {
  return { id, name: id, priority, enabled, match };
}

describe('one rule', () => {
  it.each<[string, FlowKey, PolicyMatch, boolean]>([
    ['no condition', V4, {}, true],
    ['a source network', V4, { source_cidr: '10.0.0.0/8' }, true],
    ['a source network with host bits set', V4, { source_cidr: '10.9.9.9/8' }, true],
    ['another source network', V4, { source_cidr: '11.0.0.0/8' }, false],
    ['a source address', V4, { source_cidr: '10.1.2.3' }, true],
    ['another source address', V4, { source_cidr: '10.1.2.2/32' }, false],
    ['one bit more than fits', V4, { source_cidr: '10.1.2.0/31' }, false],
    ['all of IPv4', V4, { source_cidr: '0.0.0.0/0' }, true],
    ['all of IPv6', V4, { source_cidr: '::/0' }, false],
    [
      'an IPv4 flow with the network of its destination as source',
      V4,
      { source_cidr: '192.0.2.0/24' },
      false,
    ],
    ['a destination network', V4, { destination_cidr: '192.0.2.0/24' }, true],
    ['another destination network', V4, { destination_cidr: '192.0.3.0/24' }, false],
    ['an IPv6 source network', V6, { source_cidr: '2001:db8::/32' }, true],
    ['an IPv6 network within a word', V6, { source_cidr: '2001:db8:1::/45' }, true],
    ['another IPv6 network within a word', V6, { source_cidr: '2001:db8:8::/45' }, false],
    ['an IPv6 address', V6, { destination_cidr: '2001:db8:2:3:4:5:6:7/128' }, true],
    ['an IPv6 address with another last bit', V6, { destination_cidr: '2001:db8:2:3:4:5:6:6' }, false],
    ['an IPv6 network of 126 bits', V6, { destination_cidr: '2001:db8:2:3:4:5:6:4/126' }, true],
    ['IPv4 for an IPv6 flow', V6, { destination_cidr: '0.0.0.0/0' }, false],
    ['a source port', V4, { source_port: 51_234 }, true],
    ['another source port', V4, { source_port: 443 }, false],
    ['a destination port', V4, { destination_port_from: 443 }, true],
    ['one destination port is not a range', V4, { destination_port_from: 442 }, false],
    ['a range of destination ports', V4, { destination_port_from: 443, destination_port_to: 500 }, true],
    ['its end', V4, { destination_port_from: 400, destination_port_to: 443 }, true],
    ['beyond its end', V4, { destination_port_from: 400, destination_port_to: 442 }, false],
    ['a range from the first port', V4, { destination_port_to: 443 }, true],
    ['a protocol', V4, { protocol: 6 }, true],
    ['another protocol', V4, { protocol: 17 }, false],
    ['an application', V4, { application: 'Web' }, true],
    ['another application', V4, { application: 'Email' }, false],
    ['conditions that all hold', V4, { source_cidr: '10.0.0.0/8', protocol: 6, application: 'Web' }, true],
    ['conditions of which one does not hold', V4, { source_cidr: '10.0.0.0/8', protocol: 17 }, false],
  ])('%s', (_, flow, match, matches) => {
    expect(compilePolicies([rule('1', 1, match)]).match(flow)).toBe(matches ? '1' : 'default');
  });

  it('with an unreadable network is rejected', () => {
    expect(() => compilePolicies([rule('1', 1, { source_cidr: '10.0.0.0/33' })])).toThrow(
      '"10.0.0.0/33" is not an IPv4 or IPv6 network such as 10.0.0.0/8 or 2001:db8::/32.',
    );
  });
});

describe('among several rules', () => {
  it.each<[string, PolicyRule[], string]>([
    ['none: default', [], 'default'],
    ['the highest priority wins', [rule('1', 1), rule('2', 1000), rule('3', 10)], '2'],
    ['the lowest id breaks a tie, as a number', [rule('10', 5), rule('9', 5)], '9'],
    ['as a number of any length', [rule('100', 5), rule('20', 5)], '20'],
    ['ids that are not numbers are compared as text', [rule('p-b', 5), rule('p-a', 5)], 'p-a'],
    ['ids that are numbers come before others', [rule('a', 5), rule('10', 5)], '10'],
    ['a disabled one matches nothing', [rule('1', 9, {}, false), rule('2', 1)], '2'],
    ['default is last, whatever its priority', [{ ...rule('default', 1000) }, rule('1', 0)], '1'],
    ['the next one if the first does not match', [rule('1', 9, { protocol: 17 }), rule('2', 1)], '2'],
  ])('%s', (_, rules, expected) => {
    expect(compilePolicies(rules).match(V4)).toBe(expected);
    expect(compilePolicies(rules.toReversed()).match(V4)).toBe(expected);
  });

  it('are in a total order of ids, independent of the given order', () => {
    const ids = fc.uniqueArray(
      fc.oneof(fc.nat({ max: 200 }).map(String), fc.constantFrom('a', 'b', '01', '1a', '')),
    );
    fc.assert(
      fc.property(ids, fc.infiniteStream(fc.nat({ max: 3 })), (given, priorities) => {
        const rules = given.map(id => rule(id, priorities.next().value));
        const order = compilePolicies(rules).policy_ids;
        expect(compilePolicies(rules.toReversed()).policy_ids).toEqual(order);
        const priorityOf = new Map(rules.map(({ id, priority }) => [id, priority]));
        for (const [index, id] of order.slice(1, -1).entries()) {
          const before = order[index]!;
          const rank = priorityOf.get(before)! - priorityOf.get(id)!;
          expect(rank > 0 || (rank === 0 && comparePolicyIds(before, id) < 0)).toBe(true);
        }
        expect(order.at(-1)).toBe('default');
      }),
    );
  });
});

describe('the application of a flow', () => {
  it.each<[ApplicationClass, number, number, number]>([
    ['VoIP', 17, 40_000, 5060],
    ['VoIP', 6, 5061, 40_000],
    ['VoIP', 17, 16_384, 32_767],
    ['VideoConference', 17, 50_000, 3478],
    ['VideoConference', 17, 8801, 50_000],
    ['FileTransfer', 6, 50_000, 21],
    ['FileTransfer', 6, 445, 50_000],
    ['Backup', 6, 50_000, 873],
    ['Web', 6, 50_000, 80],
    ['Web', 17, 443, 50_000],
    ['Web', 17, 443, 20_000],
    ['Email', 6, 50_000, 993],
    ['Database', 6, 50_000, 5432],
    ['Database', 6, 27_017, 50_000],
    ['Web', 6, 5432, 443],
    ['Other', 6, 50_000, 50_001],
    ['Other', 6, 16_384, 32_767],
    ['Other', 17, 16_383, 20_000],
    ['Other', 17, 20_000, 40_000],
    ['Other', 1, 0, 80],
    ['Other', 6, 0, 0],
  ])('%s: protocol %i, ports %i to %i', (expected, protocol, source, destination) => {
    expect(applicationClass(protocol, source, destination)).toBe(expected);
  });
});
