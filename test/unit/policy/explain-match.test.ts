import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainMatch } from '../../../core/policy/explain-match.ts';
import type { FlowKey } from '../../../core/policy/flow-key.ts';
import type { PolicyMatch } from '../../../core/policy/policy.ts';
import { compilePolicies } from '../../../core/policy/policy-match.ts';
import { anyFlow, anyPolicies, rule } from '../../support/any-policies.ts';

const FLOW: FlowKey = { src: '10.1.2.3', src_port: 0, dst: '192.0.2.9', dst_port: 0, protocol: 6 };

describe('the explanation of a match', () => {
  it('agrees with the matcher, and gives a reason for every other policy', () => {
    fc.assert(
      fc.property(anyPolicies, anyFlow, (policies, key) => {
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

  it('names the first failed condition, with the value wanted and the value found', () => {
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

  it.each<[PolicyMatch, string, string, string]>([
    [{ protocol: 17 }, 'protocol', '17', '6'],
    [{ source_port: 80 }, 'source_port', '80', '5000'],
    [{ destination_port_from: 80 }, 'destination_port', '80', '443'],
    [{ destination_port_to: 80 }, 'destination_port', '0 to 80', '443'],
    [{ source_cidr: '10.2.0.0/16' }, 'source_cidr', '10.2.0.0/16', '10.1.2.3'],
    [{ destination_cidr: '::/0' }, 'destination_cidr', '::/0', '192.0.2.9'],
    [{ application: 'Email' }, 'application', 'Email', 'Web'],
  ])('names the value wanted by %j and the value found', (match, condition, wanted, found) => {
    const flow = { ...FLOW, src_port: 5000, dst_port: 443 };
    expect(explainMatch([rule('1', 9, match)], flow)).toEqual({
      policy_id: 'default',
      others: [{ policy_id: '1', reason: 'condition', condition, wanted, found }],
    });
  });

  it('assigns a flow to the first matching policy, and lists the others as later ones', () => {
    expect(explainMatch([rule('3', 1), rule('2', 5), rule('1', 9, {}, false), rule('4', 0)], FLOW)).toEqual({
      policy_id: '2',
      others: [
        { policy_id: '1', reason: 'disabled' },
        { policy_id: '3', reason: 'comes_later' },
        { policy_id: '4', reason: 'comes_later' },
        { policy_id: 'default', reason: 'comes_later' },
      ],
    });
  });
});
