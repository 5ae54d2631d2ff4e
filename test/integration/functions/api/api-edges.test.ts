import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { edgeToItem } from '../../../../core/inventory/edges/edge-items.ts';
import { type Lane, type LanePair, NOT_NAMED } from '../../../../core/ledger/lane/lane.ts';
import { NO_RATE } from '../../../../core/ledger/lane/pair-rate.ts';
import { heardEdgeKey, laneKey } from '../../../../core/ledger/lane-keys.ts';
import { encodeLane } from '../../../../core/ledger/packing/lane-codec.ts';
import { LOCAL_CREDENTIALS } from '../../../../core/local-credentials.ts';
import { makeDocumentClient } from '../../../../core/storage/document-client.ts';
import { pairKey } from '../../../../core/totals/pair-key.ts';
import { type ApiUnderTest, machine, makeApi, personIn } from '../../../support/api.ts';
import { createTables, NO_SUCH_TABLE, type TestTables } from '../../../support/tables.ts';

const SITE = '550e8400-e29b-41d4-a716-446655440000';
const OTHER_SITE = '650e8400-e29b-41d4-a716-446655440000';

let t: TestTables;
let api: ApiUnderTest;

beforeEach(async () => {
  t = await createTables();
  api = makeApi(t);
});

afterEach(() => t.drop());

interface HeardLane extends Partial<Omit<Lane, 'pairs'>> {
  edge_id: string;
  pairs?: Partial<LanePair>[];
}

/** Stores a lane as ingest would. */
async function hear({ pairs = [], ...given }: HeardLane): Promise<void> {
  const lane: Lane = {
    part: 0,
    site_id: SITE,
    policies_version: '0',
    interval_s: 60,
    boot_id: 'boot-1',
    seq: 1,
    parts: 1,
    sent_at_ms: api.now - 60_000,
    first_heard_at_ms: api.now - 60_000,
    last_heard_at_ms: api.now - 60_000,
    slot: 0,
    parts_before: 0,
    idle_version: 0,
    paths: new Map(),
    pairs: new Map(
      pairs.map((pair): [string, LanePair] => {
        const whole = {
          policy_id: 'default',
          endpoint_id: 'wan1',
          packets: 0n,
          bytes: 0n,
          active_flows: 0,
          rate: NO_RATE,
          earlier_packets: 0n,
          earlier_bytes: 0n,
          estimated: false,
          earlier_estimated: 0n,
          seq: NOT_NAMED,
          named_hour: 0,
          ...pair,
        };
        return [pairKey(whole), whole];
      }),
    ),
    ...given,
  };
  const put = (Item: Record<string, unknown>) =>
    t.client.send(new PutCommand({ TableName: t.tables.traffic, Item }));
  await put({ ...laneKey(lane.edge_id, lane.part), version: 1, data: encodeLane(lane) });
  await put({ ...heardEdgeKey(lane.edge_id) });
}

const neverHeard = {
  first_seen: null,
  last_seen: null,
  boot_id: null,
  seq: null,
  policies_version: null,
  clock_skew_seconds: null,
  behind: null,
  active_flows: 0,
  rate: null,
  packets: 0,
  bytes: 0,
  packets_exact: '0',
  bytes_exact: '0',
  estimated_share: 0,
  parts: [],
  refused: null,
  keys: [],
};

describe('an edge', () => {
  it('can be registered before its first report', async () => {
    const edge = await api.data('Mutation.registerEdge', { id: 'edge-7', site_id: SITE.toUpperCase() });
    const updated_at = '2026-03-15T12:00:00.000Z';
    const interval = { interval_s: 60, silent_after_s: 300 };
    const known = { registered: true, site_known: false, ...interval, retired_at: null, updated_at };
    const expected = { id: 'edge-7', site_id: SITE, ...known, ...neverHeard };
    expect(edge).toEqual(expected);
    expect(await api.data('Query.edge', { id: 'edge-7' })).toEqual(expected);
  });

  it.each([
    ['ahead', { clock: [300_000, 240_000, 299_000] }, 300],
    ['behind', { sent_at_ms: Date.parse('2026-03-15T11:54:00Z') }, -300],
  ])('shows the offset of its clock: %s', async (_which, given, seconds) => {
    await hear({ edge_id: 'edge-7', seq: 1, pairs: [], ...given });
    expect(await api.data('Query.edge', { id: 'edge-7' })).toMatchObject({ clock_skew_seconds: seconds });
  });

  it('is silent after three times the longer of its intervals: the reported and the registered one', async () => {
    const silentAfter = async () => (await api.data('Query.edge', { id: 'edge-7' })).silent_after_s;
    await hear({ edge_id: 'edge-7', interval_s: 200 });
    expect(await silentAfter()).toBe(600);
    await api.data('Mutation.registerEdge', { id: 'edge-7', site_id: SITE, interval_s: 150 });
    expect(await silentAfter()).toBe(600);
    await api.data('Mutation.registerEdge', { id: 'edge-7', site_id: SITE, interval_s: 400 });
    expect(await silentAfter()).toBe(1200);
  });

  it('is null for an unknown edge', async () => {
    expect(await api.data('Query.edge', { id: 'edge-7' })).toBeNull();
  });

  it('is counted and flagged if it is not registered', async () => {
    await hear({
      edge_id: 'edge-7',
      seq: 42,
      policies_version: '3',
      pairs: [
        { packets: 2n ** 53n, bytes: 100n, active_flows: 2, earlier_packets: 1n, earlier_bytes: 5n },
        { policy_id: '1', packets: 1n, bytes: 1n, active_flows: 1 },
      ],
    });
    expect(await api.data('Query.edge', { id: 'edge-7' }, { identity: machine })).toEqual({
      id: 'edge-7',
      site_id: SITE,
      registered: false,
      site_known: false,
      interval_s: null,
      silent_after_s: 300,
      retired_at: null,
      updated_at: null,
      first_seen: '2026-03-15T11:59:00.000Z',
      last_seen: '2026-03-15T11:59:00.000Z',
      boot_id: 'boot-1',
      seq: 42,
      policies_version: '3',
      clock_skew_seconds: 0,
      behind: false,
      active_flows: 3,
      rate: null,
      packets: 2 ** 53 + 2,
      bytes: 106,
      packets_exact: '9007199254740994',
      bytes_exact: '106',
      estimated_share: 0,
      parts: [{ part: 0, boot_id: 'boot-1', seq: 42, packets_exact: '9007199254740993', bytes_exact: '101' }],
      refused: null,
      keys: [],
    });
  });

  it('has the position of its last part, and none while a part of its boot is missing', async () => {
    await hear({ edge_id: 'e', part: 0, parts: 3, boot_id: 'new', seq: 9 });
    await hear({ edge_id: 'e', part: 2, parts: 3, boot_id: 'new', seq: 7 });
    await hear({ edge_id: 'e', part: 1, parts: 3, boot_id: 'old', seq: 99, sent_at_ms: api.now - 999_999 });
    expect(await api.data('Query.edge', { id: 'e' })).toMatchObject({
      boot_id: 'new',
      seq: null,
      parts: [
        { part: 0, boot_id: 'new', seq: 9 },
        { part: 1, boot_id: 'old', seq: 99 },
        { part: 2, boot_id: 'new', seq: 7 },
      ],
    });

    await hear({ edge_id: 'e', part: 1, parts: 3, boot_id: 'new', seq: 8 });
    expect(await api.data('Query.edge', { id: 'e' })).toMatchObject({ boot_id: 'new', seq: 7 });
  });

  it('is behind if it applies older policies, or local ones', async () => {
    await api.data('Mutation.createPolicy', { name: 'p', priority: 1 });
    await hear({ edge_id: 'old', policies_version: '0' });
    await hear({ edge_id: 'new', policies_version: '1' });
    await hear({ edge_id: 'own', policies_version: 'file' });
    const { items } = await api.data('Query.edges');
    expect(items.map(({ id, behind }: { id: string; behind: boolean }) => [id, behind])).toEqual([
      ['new', false],
      ['old', true],
      ['own', true],
    ]);
  });

  it('keeps its interval until it is registered with another', async () => {
    const register = async (input: object) =>
      (await api.data('Mutation.registerEdge', { id: 'ee', site_id: SITE, ...input })).interval_s;
    expect(await register({})).toBe(60);
    expect(await register({ interval_s: 300 })).toBe(300);
    expect(await register({})).toBe(300);
    expect(await register({ interval_s: null })).toBe(300);
    expect(await register({ interval_s: 10 })).toBe(10);
    await api.data('Mutation.retireEdge', { id: 'ee' });
    expect(await register({})).toBe(10);
  });

  it('can move to another site, be retired, and return to service', async () => {
    await api.data('Mutation.registerEdge', { id: 'ee', site_id: SITE });
    expect(await api.data('Mutation.registerEdge', { id: 'ee', site_id: OTHER_SITE })).toMatchObject({
      site_id: OTHER_SITE,
    });
    api.now += 1000;
    const retired = { registered: true, retired_at: '2026-03-15T12:00:01.000Z' };
    expect(await api.data('Mutation.retireEdge', { id: 'ee' })).toMatchObject(retired);
    api.now += 1000;
    expect(await api.data('Mutation.retireEdge', { id: 'ee' })).toMatchObject(retired);
    expect(await api.data('Mutation.registerEdge', { id: 'ee', site_id: SITE })).toMatchObject({
      retired_at: null,
    });

    const { items } = await api.data('Query.auditLog', { target: 'edge:ee' });
    expect(items).toHaveLength(5);
  });
});

describe('ownEdge', () => {
  const signedAs = (name: string) => ({
    identity: { ...machine, userArn: `arn:aws:sts::123456789012:assumed-role/edges/${name}` },
  });

  it('returns the same as `edge`', async () => {
    await hear({ edge_id: 'edge-7', seq: 42, pairs: [{ packets: 2n ** 53n + 1n, bytes: 100n }] });
    const own = await api.data('Query.ownEdge', { edge_id: 'edge-7' }, signedAs('edge-7'));
    expect(own).toMatchObject({ id: 'edge-7', parts: [{ seq: 42, packets_exact: '9007199254740993' }] });
    expect(own).toEqual(await api.data('Query.edge', { id: 'edge-7' }));
  });

  it('returns null for an unknown caller', async () => {
    expect(await api.data('Query.ownEdge', { edge_id: 'edge-7' }, signedAs('edge-7'))).toBeNull();
  });

  it('is for the edge itself, with any other rights of its role', async () => {
    await hear({ edge_id: 'edge-7' });
    expect(await api.call('Query.ownEdge', { edge_id: 'edge-7' }, signedAs('edge-8'))).toEqual({
      error: {
        type: 'Unauthorized',
        message:
          "Edge edge-7 alone may do this. Sign with the edge's own role, with the edge's id as session name.",
      },
    });
    expect(await api.call('Query.ownEdge', { edge_id: 'edge-7' }, { identity: personIn('admin') })).toEqual({
      error: { type: 'Unauthorized', message: 'ownEdge is for machines only (IAM).' },
    });
  });
});

describe('the id of an edge', () => {
  it.each(['ab', 'a_+=,.@-Z9', 'x'.repeat(64)])('may be %s', async id => {
    expect(await api.data('Mutation.registerEdge', { id, site_id: SITE })).toMatchObject({ id });
  });

  it.each(['e', 'a b', 'a:b', 'a/b', 'é1', 'x'.repeat(65)])('may not be %s', async id => {
    const error = { type: 'ValidationError', message: NEW_ID };
    expect(await api.call('Mutation.registerEdge', { id, site_id: SITE })).toEqual({ error });
    expect(await api.data('Query.edge', { id })).toBeNull();
  });

  it.each(['e', 'a:b', 'Zürich 1', 'x'.repeat(128)])(
    'may remain %s if it was registered before',
    async id => {
      const before = {
        id,
        site_id: SITE,
        interval_s: 60,
        registered_at: '2026-01-31T12:00:00.000Z',
        retired_at: null,
      };
      const Item = edgeToItem(before, { revision: 1, service: [] });
      await t.client.send(new PutCommand({ TableName: t.tables.network, Item }));
      const moved = await api.data('Mutation.registerEdge', { id, site_id: OTHER_SITE, interval_s: 300 });
      expect(moved).toMatchObject({ id, site_id: OTHER_SITE, interval_s: 300 });
      expect((await api.data('Mutation.retireEdge', { id })).retired_at).not.toBeNull();
      expect((await api.data('Mutation.registerEdge', { id, site_id: SITE })).retired_at).toBeNull();
    },
  );
});

describe('edges', () => {
  it('are the registered and the reporting ones, by id, each once, page by page', async () => {
    for (const id of ['aa', 'cc', 'ee']) await api.data('Mutation.registerEdge', { id, site_id: SITE });
    for (const edge_id of ['b', 'cc', 'cc#1', 'd', '\u{1f600}', '\uffee']) await hear({ edge_id });

    const seen: [string, boolean][] = [];
    let next_token: string | null = null;
    do {
      const page = await api.data('Query.edges', { limit: 2, next_token });
      seen.push(...page.items.map((edge: { id: string; registered: boolean }) => [edge.id, edge.registered]));
      next_token = page.next_token;
    } while (next_token !== null);

    expect(seen).toEqual([
      ['aa', true],
      ['b', false],
      ['cc', true],
      ['cc#1', false],
      ['d', false],
      ['ee', true],
      ['\uffee', false],
      ['\u{1f600}', false],
    ]);
  });
});

describe('trafficTotals', () => {
  it('say how complete they are', async () => {
    for (const id of ['heard', 'silent', 'never', 'retired']) {
      await api.data('Mutation.registerEdge', { id, site_id: SITE });
    }
    await api.data('Mutation.retireEdge', { id: 'retired' });
    await hear({ edge_id: 'heard', last_heard_at_ms: api.now - 299_999 });
    await hear({ edge_id: 'silent', last_heard_at_ms: api.now - 300_000 });
    await hear({ edge_id: 'retired' });
    await hear({ edge_id: 'unregistered' });

    expect(await api.data('Query.trafficTotals')).toEqual({
      packets: 0,
      bytes: 0,
      active_flows: 0,
      packets_exact: '0',
      bytes_exact: '0',
      estimated_share: 0,
      rate: null,
      as_of: '2026-03-15T12:00:00.000Z',
      counted_since: null,
      completeness: {
        ...{ edges_expected: 3, edges_heard: 1, late_groups: [] },
        as_of: '2026-03-15T12:00:00.000Z',
      },
    });
  });
});

const NEW_ID =
  'id must be 2 to 64 letters, digits and characters of _+=,.@-: the role session of the edge has this name. Choose such an id, and start the edge with it (--edge-id). Edges that were registered with other ids earlier keep them.';

describe('bad input', () => {
  const id = 'id must have 1 to 128 characters.';
  const site = 'site_id must be a UUID such as 550e8400-e29b-41d4-a716-446655440000.';

  it.each([
    ['Mutation.registerEdge', { id: '', site_id: SITE }, 'ValidationError', id],
    ['Mutation.registerEdge', { id: 'x'.repeat(129), site_id: SITE }, 'ValidationError', id],
    [
      'Mutation.registerEdge',
      { id: 'a\nb', site_id: SITE },
      'ValidationError',
      'id must have no control characters.',
    ],
    ['Mutation.registerEdge', { id: 'e', site_id: 'Berlin' }, 'ValidationError', site],
    ['Query.edge', { id: '' }, 'ValidationError', id],
    [
      'Mutation.retireEdge',
      { id: 'nobody' },
      'NotFound',
      'No edge "nobody" is registered: the query edges lists those that are.',
    ],
  ])('%s %j is rejected as %s', async (operation, args, type, message) => {
    expect(await api.call(operation, args)).toEqual({ error: { type, message } });
  });
});

describe('the function', () => {
  it('masks an unexpected error, and reports it', async () => {
    const broken = makeApi({ client: t.client, tables: { ...t.tables, traffic: NO_SUCH_TABLE } });
    expect(await broken.call('Query.edge', { id: 'e' }, { identity: personIn('viewer') })).toEqual({
      error: {
        type: 'Internal',
        message: 'Something went wrong on our side. Try again; if it goes on, tell us when it happened.',
      },
    });
    expect(broken.reported).toEqual([
      {
        message: 'Operation failed',
        operation: 'Query.edge',
        error: expect.objectContaining({ name: 'ResourceNotFoundException' }),
      },
    ]);
  });

  it.each(['Query.nonsense', 'Mutation.policies', 'constructor.name'])(
    'masks the unknown operation %s',
    async name => {
      expect(await api.call(name)).toMatchObject({ error: { type: 'Internal' } });
      expect(api.reported[0]?.error.message).toBe(
        'The schema has an operation that the function does not implement',
      );
    },
  );

  it.each([null, {}, { username: 'x' }])('rejects the identity %j', async identity => {
    expect(await api.call('Query.policies', {}, { identity })).toEqual({
      error: { type: 'Unauthorized', message: 'Sign in first: this request carries no identity.' },
    });
  });
});

describe('a database that rejects requests', () => {
  it.each([
    ['Query.policies', {}],
    ['Query.edges', {}],
    ['Query.trafficTotals', {}],
    ['Mutation.createPolicy', { name: 'p', priority: 1 }],
  ])('is retried for the time limit of %s, then answered as Throttled', async (operation, args) => {
    let calls = 0;
    const handle = async () => {
      calls += 1;
      throw Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
    };
    const client = makeDocumentClient({
      region: 'eu-central-1',
      credentials: LOCAL_CREDENTIALS,
      maxAttempts: 1,
      requestHandler: { handle },
    });
    const slow = makeApi({ client, tables: t.tables });
    expect(await slow.call(operation, args)).toEqual({
      error: {
        type: 'Throttled',
        message: 'The database is too busy to do this now. Try again in a minute.',
      },
    });
    expect(calls).toBeGreaterThan(5);
  });
});
