import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EdgeKeyMemory } from '../../../../core/edge-keys/edge-key-memory.ts';
import { keyObjectOf } from '../../../../core/report/public-key.ts';
import { type ApiUnderTest, machine, makeApi, personIn } from '../../../support/api.ts';
import { type TestKey, testKey } from '../../../support/edge-keys.ts';
import { storeContext } from '../../../support/store-context.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

const SITE = '550e8400-e29b-41d4-a716-446655440000';
const NOON = '2026-03-15T12:00:00.000Z';

let t: TestTables;
let api: ApiUnderTest;
let a: TestKey;
let b: TestKey;

beforeEach(async () => {
  t = await createTables();
  api = makeApi(t);
  [a, b] = await Promise.all([testKey('a'), testKey('b')]);
});
afterEach(() => t.drop());

const operator = { identity: personIn('operator') };
const edge = (id: string, key?: TestKey) => ({
  id,
  site_id: SITE,
  ...(key && { public_key: key.public_key }),
});
const keyOf = ({ kid, public_key }: TestKey, from = NOON, until: string | null = null) => ({
  kid,
  from,
  until,
  public_key,
});
const rotate = (key: TestKey, edge_id = 'edge-7') =>
  api.call('Mutation.rotateEdgeKey', { edge_id, public_key: key.public_key });
const keysOf = async (id = 'edge-7') => (await api.data('Query.edge', { id })).keys;

interface Entry {
  operation: string;
  target: string;
  actor: { username: string };
  before: string | null;
  after: string | null;
}

/** Keys of a state as the audit log shows it: JSON as text. */
function keysIn(state: string | null): [kid: string, until: string | null][] | undefined {
  const { keys } = JSON.parse(state ?? '{}') as { keys?: { kid: string; until: string | null }[] };
  return keys?.map(({ kid, until }) => [kid, until]);
}

describe("an edge's key", () => {
  it('is registered with the edge, by an operator, and shown to all', async () => {
    const made = await api.data('Mutation.registerEdge', edge('edge-7', a), operator);
    expect(made.keys).toEqual([keyOf(a)]);
    for (const identity of [personIn('viewer'), machine]) {
      expect((await api.data('Query.edge', { id: 'edge-7' }, { identity })).keys).toEqual([keyOf(a)]);
    }
    await api.data('Mutation.registerEdge', edge('edge-8'), operator);
    const { items } = await api.data('Query.edges', {});
    expect(items.map(({ keys }: { keys: object[] }) => keys)).toEqual([[keyOf(a)], []]);
  });

  it('is kept if the edge is registered again without a key, and is not added twice', async () => {
    await api.data('Mutation.registerEdge', edge('edge-7', a), operator);
    api.now += 60_000;
    expect((await api.data('Mutation.registerEdge', edge('edge-7'), operator)).keys).toEqual([keyOf(a)]);
    const pem = keyObjectOf(a.x).export({ type: 'spki', format: 'pem' }).toString();
    const again = await api.data('Mutation.registerEdge', { ...edge('edge-7'), public_key: pem }, operator);
    expect(again.keys).toEqual([keyOf(a)]);
  });

  it('can be followed by a second one from an administrator only', async () => {
    await api.data('Mutation.registerEdge', edge('edge-7', a), operator);
    expect(await api.call('Mutation.registerEdge', edge('edge-7', b), operator)).toEqual({
      error: {
        type: 'Unauthorized',
        message:
          'Edge "edge-7" already has a key. An administrator can add another one, here or with rotateEdgeKey.',
      },
    });
    expect(await keysOf()).toEqual([keyOf(a)]);
    api.now += 60_000;
    expect((await api.data('Mutation.registerEdge', edge('edge-7', b))).keys).toEqual([
      keyOf(a),
      keyOf(b, '2026-03-15T12:01:00.000Z'),
    ]);
  });

  it('is in the audit log with each change and its author', async () => {
    await api.data('Mutation.registerEdge', edge('edge-7', a), operator);
    api.now += 60_000;
    await rotate(b);
    await rotate(b);
    api.now += 60_000;
    await api.data('Mutation.revokeEdgeKey', { edge_id: 'edge-7', kid: a.kid });
    const { items } = await api.data('Query.auditLog', {});
    expect(
      items.map(({ operation, target, actor, before, after }: Entry) => [
        operation,
        target,
        actor.username,
        [before, after].map(keysIn),
      ]),
    ).toEqual([
      [
        'revokeEdgeKey',
        'edge:edge-7',
        'admin',
        [
          [
            [a.kid, null],
            [b.kid, null],
          ],
          [
            [a.kid, '2026-03-15T12:02:00.000Z'],
            [b.kid, null],
          ],
        ],
      ],
      [
        'rotateEdgeKey',
        'edge:edge-7',
        'admin',
        [
          [[a.kid, null]],
          [
            [a.kid, null],
            [b.kid, null],
          ],
        ],
      ],
      ['registerEdge', 'edge:edge-7', 'operator', [undefined, [[a.kid, null]]]],
    ]);
  });

  it('belongs to one edge, even if two are registered with it at the same time', async () => {
    const answers = await Promise.all(
      ['edge-7', 'edge-8'].map(id => api.call('Mutation.registerEdge', edge(id, a))),
    );
    const refused = answers.filter(answer => 'error' in answer);
    expect(refused).toEqual([
      {
        error: {
          type: 'Conflict',
          message: expect.stringMatching(
            /^Key [\w-]{43} belongs to edge "edge-[78]", and a key belongs to one edge\. Make a key pair at this edge \(npm run edge -- key\), and register that\.$/,
          ),
        },
      },
    ]);
  });

  it('is stored for each of many edges that are registered at the same time, and ingest reads each', async () => {
    const ids = Array.from({ length: 8 }, (_, number) => `edge-${number}`);
    const keys = await Promise.all(ids.map(testKey));
    const ingest = new EdgeKeyMemory();
    const known = async () => {
      const reading = { ...storeContext(t, () => api.now), warn: () => {} };
      const found = await ingest.keysOf(new Set(ids), reading, { now: true });
      return ids.map(id => [...found.keys.get(id)!.by_kid.keys()]);
    };
    expect(await known()).toEqual(ids.map(() => []));
    await Promise.all(ids.map((id, index) => api.data('Mutation.registerEdge', edge(id, keys[index]))));
    for (const [index, id] of ids.entries()) {
      expect((await keysOf(id)).map(({ kid }: { kid: string }) => kid)).toEqual([keys[index]!.kid]);
    }
    expect(await known()).toEqual(keys.map(({ kid }) => [kid]));
  });

  it('may be valid from a time before its registration, and not from a later one', async () => {
    await api.data('Mutation.registerEdge', edge('edge-7', a));
    const early = { edge_id: 'edge-7', public_key: b.public_key, from: '2026-03-15T10:00:00+01:00' };
    expect(await api.call('Mutation.rotateEdgeKey', { ...early, from: '2026-03-15T12:00:00.001Z' })).toEqual({
      error: {
        type: 'ValidationError',
        message: 'from must not be in the future: a key becomes valid now or at an earlier time.',
      },
    });
    const { keys } = await api.data('Mutation.rotateEdgeKey', early);
    expect(keys).toEqual([keyOf(a), keyOf(b, '2026-03-15T09:00:00.000Z')]);
  });

  it('cannot be registered again after it was revoked', async () => {
    await api.data('Mutation.registerEdge', edge('edge-7', a));
    await api.data('Mutation.revokeEdgeKey', { edge_id: 'edge-7', kid: a.kid });
    expect(await rotate(a)).toEqual({
      error: {
        type: 'ValidationError',
        message: `Key ${a.kid} was revoked, which is final. Make a new key pair at the edge (npm run edge -- key --next), and register that.`,
      },
    });
  });

  it('is never valid if it is revoked as of a time before its start', async () => {
    await api.data('Mutation.registerEdge', edge('edge-7', a));
    const at = '2026-03-01T00:00:00+01:00';
    const { keys } = await api.data('Mutation.revokeEdgeKey', { edge_id: 'edge-7', kid: a.kid, at });
    expect(keys).toEqual([keyOf(a, NOON, NOON)]);
  });
});

describe('a rejected change of keys', () => {
  const kid = 'x'.repeat(43);
  const idRule = 'edge_id must have no control characters.';
  const notRegistered = 'No edge "nobody" is registered: the query edges lists those that are.';
  it.each([
    ['Mutation.rotateEdgeKey', { edge_id: 'a\nb', public_key: 'x' }, 'ValidationError', idRule],
    [
      'Mutation.rotateEdgeKey',
      { edge_id: 'edge-7', public_key: '' },
      'ValidationError',
      'public_key must be 1 to 1024 characters, as npm run edge -- key prints it.',
    ],
    [
      'Mutation.registerEdge',
      { id: 'edge-9', site_id: SITE, public_key: 'hello' },
      'ValidationError',
      'public_key must be an Ed25519 public key as a JWK ({"kty":"OKP","crv":"Ed25519","x":"…"}) or in PEM (-----BEGIN PUBLIC KEY-----): npm run edge -- key prints it.',
    ],
    [
      'Mutation.rotateEdgeKey',
      { edge_id: 'edge-7', public_key: 'x', from: 'noon' },
      'ValidationError',
      'from must be a time such as 2026-01-31T12:00:00Z.',
    ],
    ['Mutation.revokeEdgeKey', { edge_id: 'nobody', kid }, 'NotFound', notRegistered],
    [
      'Mutation.revokeEdgeKey',
      { edge_id: 'edge-7', kid },
      'NotFound',
      `Edge "edge-7" has no key "${kid}". The query edge lists its keys.`,
    ],
    [
      'Mutation.revokeEdgeKey',
      { edge_id: 'edge-7', kid: 'short' },
      'ValidationError',
      'kid must be the id of a key, 43 letters, digits, - and _, as the query edge lists it.',
    ],
    [
      'Mutation.revokeEdgeKey',
      { edge_id: 'edge-7', kid, at: 'yesterday' },
      'ValidationError',
      'at must be a time such as 2026-01-31T12:00:00Z.',
    ],
  ])('%s %j is a %s', async (operation, args, type, message) => {
    await api.data('Mutation.registerEdge', edge('edge-7', a));
    expect(await api.call(operation, args)).toEqual({ error: { type, message } });
  });

  it('is one for an unregistered edge, or one with an end in the future', async () => {
    expect(await rotate(a, 'nobody')).toEqual({ error: { type: 'NotFound', message: notRegistered } });
    await api.data('Mutation.registerEdge', edge('edge-7', a));
    const at = '2026-03-15T12:00:01Z';
    expect(await api.call('Mutation.revokeEdgeKey', { edge_id: 'edge-7', kid: a.kid, at })).toEqual({
      error: {
        type: 'ValidationError',
        message: 'at must not be in the future: a key is revoked now or as of an earlier time.',
      },
    });
    expect(await keysOf()).toEqual([keyOf(a)]);
  });
});
