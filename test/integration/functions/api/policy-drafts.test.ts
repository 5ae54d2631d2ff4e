import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiUnderTest, makeApi, personIn } from '../../../support/api.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

const FLOW = { src: '10.1.2.3', src_port: 50_000, dst: '192.0.2.9', dst_port: 443, protocol: 6 };

let t: TestTables;
let api: ApiUnderTest;
/** By their names. */
const ids: Record<string, string> = {};

beforeAll(async () => {
  t = await createTables();
  api = makeApi(t);
  const policies = [
    { name: 'Voice', priority: 900, match: { protocol: 17 } },
    { name: 'Off', priority: 800, enabled: false },
    { name: 'Web', priority: 700, match: { application: 'Web', source_cidr: '10.0.0.0/8' } },
    { name: 'Branch', priority: 100, match: { protocol: 6, source_cidr: '10.1.0.0/16' } },
  ];
  for (const policy of policies) {
    api.now += 1000;
    ids[policy.name] = (await api.data('Mutation.createPolicy', policy)).id;
  }
});
afterAll(() => t.drop());

const saved = (policy_name: string) => ({ policy_id: ids[policy_name], policy_name, draft: false });
const fallback = { policy_id: 'default', policy_name: 'Default', draft: false };
const draft = { policy_id: null, policy_name: 'Draft', draft: true };
const verdict = (policy: object, reason: string) => ({
  ...{ policy, reason, condition: null, wanted: null, found: null },
});

describe('matchPolicy', () => {
  it('names the policy that matches a flow, and the reason why each other one does not', async () => {
    expect(await api.data('Query.matchPolicy', { flow: FLOW })).toEqual({
      taken_by: saved('Web'),
      application: 'Web',
      others: [
        { policy: saved('Voice'), reason: 'CONDITION', condition: 'PROTOCOL', wanted: '17', found: '6' },
        verdict(saved('Off'), 'DISABLED'),
        verdict(saved('Branch'), 'COMES_LATER'),
        verdict(fallback, 'COMES_LATER'),
      ],
      policies_version: '4',
    });
  });

  it.each<[string, object, object]>([
    ['a new one of the highest priority', { priority: 1000 }, draft],
    [
      'a new one after those of its priority',
      { priority: 700, name: 'Mine' },
      { policy_id: expect.any(String), policy_name: 'Web', draft: false },
    ],
    ['a new one that does not match', { priority: 1000, match: { protocol: 1 } }, { policy_name: 'Web' }],
    ['a disabled new one', { priority: 1000, enabled: false }, { policy_name: 'Web' }],
  ])('judges as if a draft were saved: %s', async (_, given, taken_by) => {
    expect(await api.data('Query.matchPolicy', { flow: FLOW, draft: given })).toMatchObject({ taken_by });
  });

  it('replaces a defined policy by its draft, with stored values for omitted fields', async () => {
    const given = { id: ids.Voice, match: {} };
    const { taken_by, others } = await api.data('Query.matchPolicy', { flow: FLOW, draft: given });
    expect(taken_by).toEqual({ policy_id: ids.Voice, policy_name: 'Voice', draft: true });
    expect(others).toHaveLength(4);
    expect(await api.data('Query.matchPolicy', { flow: FLOW })).toMatchObject({ taken_by: saved('Web') });
  });

  it.each([
    [{ flow: { ...FLOW, src: '10.1.2' } }, 'flow.src must be an IPv4 or IPv6 address such as 192.0.2.1.'],
    [{ flow: { ...FLOW, dst: '2001:db8::1' } }, 'flow.dst must be of the same IP version as src.'],
    [{ flow: { ...FLOW, dst_port: 65_536 } }, 'flow.dst_port must be a whole number from 0 to 65535.'],
    [{ flow: { ...FLOW, protocol: 256 } }, 'flow.protocol must be a whole number from 0 to 255.'],
    [
      { flow: { ...FLOW, protocol: 47 } },
      'flow.src_port must be left out: protocol 47 has no ports. flow.dst_port must be left out: protocol 47 has no ports.',
    ],
    [{ flow: FLOW, draft: {} }, 'A draft needs a priority from 0 to 1000, or the id of a defined policy.'],
    [{ flow: FLOW, draft: { priority: 1001 } }, 'priority must be a whole number from 0 to 1000.'],
    [
      { flow: FLOW, draft: { priority: 1, match: { source_cidr: 'x' } } },
      'draft.match.source_cidr must be an IPv4 or IPv6 network such as 10.0.0.0/8 or 2001:db8::/32.',
    ],
    [
      { flow: FLOW, draft: { id: 'default', priority: 1 } },
      "Policy default is built in: it matches all traffic that no other policy matches, and it can't be changed. Define a policy with a higher priority instead.",
    ],
  ])('rejects %j', async (args, message) => {
    expect(await api.call('Query.matchPolicy', args)).toEqual({
      error: { type: 'ValidationError', message },
    });
  });

  it('names the wrong fields of a form', async () => {
    const answered = await api.answer({
      ...{ type: 'Query', field: 'matchPolicy', identity: personIn('viewer'), selection: [] },
      arguments: { flow: { ...FLOW, src: 'x' }, draft: { priority: 1001 } },
    });
    expect(answered).toMatchObject({
      error: { info: { fields: [{ argument: 'flow.src' }, { argument: 'draft.priority' }] } },
    });
  });

  it('rejects a draft of an undefined policy', async () => {
    expect(await api.call('Query.matchPolicy', { flow: FLOW, draft: { id: 'p-none' } })).toEqual({
      error: { type: 'NotFound', message: expect.stringContaining('p-none') },
    });
  });
});

describe('shadowedPolicies', () => {
  const shadowed = (given?: object) => api.data('Query.shadowedPolicies', given ? { draft: given } : {});

  it('are none if each policy has a flow', async () => {
    expect(await shadowed()).toEqual({ items: [], undecided: [], policies_version: '4' });
  });

  it('are policies that a draft leaves without flows, and the draft itself behind others', async () => {
    expect(
      await shadowed({ priority: 950, name: 'Wide', match: { source_cidr: '0.0.0.0/0' } }),
    ).toMatchObject({
      items: ['Web', 'Branch'].map(name => ({
        policy: saved(name),
        shadowed_by: [{ policy_id: null, policy_name: 'Wide', draft: true }],
      })),
    });
    expect(await shadowed({ priority: 1, match: { protocol: 17, destination_cidr: '::/0' } })).toMatchObject({
      items: [{ policy: draft, shadowed_by: [saved('Voice')] }],
    });
  });

  it('are those with contradictory conditions', async () => {
    const given = { id: ids.Branch, match: { protocol: 47, source_port: 1 } };
    expect((await shadowed(given)).items).toEqual([
      { policy: { policy_id: ids.Branch, policy_name: 'Branch', draft: true }, shadowed_by: [] },
    ]);
  });
});
