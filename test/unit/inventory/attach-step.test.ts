import { describe, expect, it } from 'vitest';
import { forgetDecisions } from '../../../core/cache/forget-decisions.ts';
import { type ArchiveChunk, pack, rewriteChunk } from '../../../core/inventory/archive/archive-chunk.ts';
import { planStep, type StepInput } from '../../../core/inventory/archive/attach-step.ts';
import type { Fate } from '../../../core/inventory/archive/path-fates.ts';
import { chunkKey, waitingKey } from '../../../core/inventory/model/inventory-keys.ts';
import { type PathItem, pathItem } from '../../../core/inventory/model/site-items.ts';
import {
  checkEndpoint,
  checkEndpointIsHeld,
  checkSiteIsGone,
  checkSiteIsThere,
  putNew,
} from '../../../core/inventory/model/site-writes.ts';
import type { WriteAction } from '../../../core/storage/write-action.ts';

const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };

const pathTo = (peer: string, id = 'p'): PathItem => ({
  id,
  source_site_id: 'hub',
  source_endpoint_id: 'wan1',
  destination_site_id: peer,
  destination_endpoint_id: 'wan2',
  wg_interface: null,
  created_at: '2026-01-01T00:00:00.000Z',
  rev: 'old',
  source_life: 1,
  destination_life: 1,
});

/** The restore of the hub, of paths in the archive of `owner`. */
function inputOf(fates: [PathItem, Fate][], { owner = 'hub' }: { owner?: string } = {}): StepInput {
  const paths = fates.map(([path]) => path);
  const chunk: ArchiveChunk = {
    ...chunkKey(owner, 'deletion', 'p'),
    operation_id: 'deletion',
    count: paths.length,
    version: 3,
    data: pack(paths),
    expires_at: 1,
  };
  return {
    site_id: 'hub',
    life: 2,
    operation_id: 'restore',
    shown: false,
    chunk,
    paths,
    fates: new Map(fates),
    max_actions: 100,
    expires_at: 9,
  };
}

const RESTORE: Fate = { restore: true, peer_life: 5 };
const PEER_GONE: Fate = { restore: false, reason: 'PEER_GONE' };
const ENDPOINT_GONE: Fate = { restore: false, reason: 'ENDPOINT_GONE' };

const itemOf = ({ Put, Update, Delete, ConditionCheck }: WriteAction): string => {
  const { pk, sk } = (Put?.Item ?? (Update ?? Delete ?? ConditionCheck)?.Key)!;
  return `${pk} ${sk}`;
};

describe('a transaction that restores paths', () => {
  it('moves a path out of the chunk only while both sites and the endpoint of the peer exist', () => {
    const [path, other] = [pathTo('peer'), pathTo('lost', 'q')];
    const input = inputOf([
      [path, RESTORE],
      [other, ENDPOINT_GONE],
    ]);
    const restored = { ...path, rev: 'restore', source_life: 2, destination_life: 5 };
    expect(planStep(TABLES, input)).toEqual({
      actions: [
        checkSiteIsThere(TABLES, 'hub', 2),
        rewriteChunk(TABLES, input.chunk, { paths: [other], expires_at: 9 }),
        checkSiteIsThere(TABLES, 'peer', 5),
        checkEndpoint(TABLES, 'peer', 'wan2'),
        putNew(TABLES, pathItem(restored, 'hub')),
        putNew(TABLES, pathItem(restored, 'peer')),
      ],
      restored: [path],
      noted: [other],
    });
  });

  it('restores to an endpoint only while the restore holds it, and invalidates decisions of a visible site', () => {
    const input = { ...inputOf([[pathTo('peer'), RESTORE]]), endpoint_id: 'wan1', shown: true };
    const { actions } = planStep(TABLES, input);
    const held = { site_id: 'hub', endpoint_id: 'wan1', operation_id: 'restore' };
    expect(actions).toContainEqual(checkEndpointIsHeld(TABLES, held));
    expect(actions).toContainEqual(forgetDecisions(TABLES));
  });

  it.each([
    { max_actions: 15, expected: { actions: 14, restored: 4 } },
    { max_actions: 16, expected: { actions: 16, restored: 5 } },
  ])('has at most $max_actions actions, and at most one on an item', ({ max_actions, expected }) => {
    const fates = Array.from({ length: 9 }, (_, n): [PathItem, Fate] => [pathTo('peer', `p${n}`), RESTORE]);
    const input = { ...inputOf(fates), endpoint_id: 'wan1', shown: true, max_actions };
    const { actions, restored } = planStep(TABLES, input);
    expect({ actions: actions.length, restored: restored.length }).toEqual(expected);
    expect(new Set(actions.map(itemOf)).size).toBe(actions.length);
  });

  it('notes a path under its peer only while the peer is gone', () => {
    const path = pathTo('peer');
    const input = inputOf([[path, PEER_GONE]]);
    const { pk, sk } = input.chunk;
    const note = { chunk_pk: pk, chunk_sk: sk, operation_id: 'restore', expires_at: 9 };
    expect(planStep(TABLES, input)).toEqual({
      actions: [
        checkSiteIsThere(TABLES, 'hub', 2),
        rewriteChunk(TABLES, input.chunk, { paths: [path], expires_at: 9 }),
        checkSiteIsGone(TABLES, 'peer'),
        { Put: { TableName: 'network', Item: { ...waitingKey('peer', 'hub', sk), ...note } } },
      ],
      restored: [],
      noted: [path],
    });
  });

  it('notes a path only if the chunk is in the archive of the same site', () => {
    const input = inputOf([[pathTo('peer'), PEER_GONE]], { owner: 'other' });
    expect(planStep(TABLES, input).actions).toEqual([]);
  });
});
