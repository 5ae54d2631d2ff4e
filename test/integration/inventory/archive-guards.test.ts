import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { Conflict } from '../../../core/errors.ts';
import { chunkPaths, readChunk, rewriteChunk } from '../../../core/inventory/archive/archive-chunk.ts';
import { chunkPages, extendLeftovers } from '../../../core/inventory/archive/archived-paths.ts';
import { attachPaths } from '../../../core/inventory/archive/attach-paths.ts';
import { attachWaiting } from '../../../core/inventory/archive/attach-waiting.ts';
import { readEndpointHead, setEndpointHeadState } from '../../../core/inventory/archive/endpoint-archive.ts';
import { restoreSite } from '../../../core/inventory/archive/restore-site.ts';
import { waitingPartition } from '../../../core/inventory/model/inventory-keys.ts';
import { endsAt, type Site } from '../../../core/inventory/model/site.ts';
import { deleteSite } from '../../../core/inventory/removal/delete-site.ts';
import { readLastOperation } from '../../../core/inventory/removal/operation-entry.ts';
import { removeEndpoint } from '../../../core/inventory/removal/remove-endpoint.ts';
import { createSite } from '../../../core/inventory/sites/create-site.ts';
import { readSite } from '../../../core/inventory/sites/read-site.ts';
import { updateSite } from '../../../core/inventory/sites/update-site.ts';
import { ConditionFailed } from '../../../core/storage/retrying.ts';
import { queryAll } from '../../../core/storage/strong-reads.ts';
import { writeChange } from '../../../core/storage/write-change.ts';
import { pathsIn } from '../../support/inventory-check.ts';
import { admin, auditOf, dump, makeHub } from '../../support/network-bed.ts';
import { pausingBefore } from '../../support/pausing-client.ts';
import { useNetwork } from '../../support/use-network.ts';

describe('an archive', () => {
  const network = useNetwork();

  /** A deleted hub with a chunk of three paths, and its peer, deleted before or not. */
  async function deletedHub({ peerToo = false } = {}) {
    const { bed } = network;
    const { context } = bed;
    const world = await makeHub(context, { paths: 3, peers: 1 });
    const [site_id, peer_id] = [world.hub.id, world.peers[0]!.id];
    await deleteSite(context, admin, { site_id });
    if (peerToo) await deleteSite(context, admin, { site_id: peer_id });
    bed.advance(1000);
    const chunks = [];
    for await (const page of chunkPages(context, site_id)) chunks.push(...page);
    return { site_id, peer_id, chunk: chunks[0]! };
  }

  const notes = (peer_id: string) => queryAll(network.bed.context, { pk: waitingPartition(peer_id) });

  it('has a chunk rewritten or removed only if it has not changed since it was read', async () => {
    const { context } = network.bed;
    const { chunk } = await deletedHub();
    const paths = chunkPaths(chunk);
    const rewrite = (read: typeof chunk, kept: number) =>
      writeChange(context, [
        rewriteChunk(context.tables, read, { paths: paths.slice(0, kept), expires_at: 5 }),
      ]);
    await rewrite(chunk, 2);
    const once = (await readChunk(context, chunk))!;
    expect(once).toMatchObject({ count: 2, version: 2, expires_at: 5 });
    await expect(rewrite(chunk, 1)).rejects.toThrow(ConditionFailed);
    await expect(rewrite(chunk, 0)).rejects.toThrow(ConditionFailed);
    expect(await readChunk(context, chunk)).toEqual(once);
    await rewrite(once, 0);
    expect(await readChunk(context, chunk)).toBeUndefined();
  });

  it('never restores a path after the end of the life of the restored site', async () => {
    const { bed } = network;
    const { context } = bed;
    const { site_id, chunk } = await deletedHub();
    await restoreSite(context, admin, { site_id }, { until: context.clock() });
    const slept = (await readLastOperation(context, site_id))!;
    bed.advance(31_000);
    await restoreSite(context, admin, { site_id });
    await deleteSite(context, admin, { site_id });
    bed.advance(1000);
    await restoreSite(context, admin, { site_id }, { until: context.clock() });
    const again = [];
    for await (const page of chunkPages(context, site_id)) again.push(...page);
    expect(again).not.toContainEqual(chunk);
    expect(await attachPaths(context, slept, again[0]!)).toEqual({ restored: 0, skipped: [] });
    expect(pathsIn(await dump(context)).size).toBe(0);
  });

  it('is restored only by the undo of its own deletion', async () => {
    const { bed } = network;
    const { context } = bed;
    const { id: site_id } = await createSite(context, admin, { name: 'Deleted twice' });
    const first = await deleteSite(context, admin, { site_id });
    await restoreSite(context, admin, { site_id });
    const second = await deleteSite(context, admin, { site_id });
    const undo = ({ audit_id }: { audit_id: string }) =>
      restoreSite(context, admin, { site_id }, { undoes: audit_id });
    await expect(undo(first)).rejects.toThrow(
      new Conflict(
        `Site ${site_id} was restored and deleted again since: undo that deletion, ${second.audit_id}.`,
      ),
    );
    await undo(second);
    await expect(undo(second)).rejects.toThrow(new Conflict(`Site ${site_id} was already restored.`));
  });

  it('returns only the paths of the restored site', async () => {
    const { bed } = network;
    const { context } = bed;
    const { hub, peers, paths } = await makeHub(context, { paths: 4, peers: 2 });
    const [one, other] = peers as [Site, Site];
    for (const { id } of [hub, one, other]) await deleteSite(context, admin, { site_id: id });
    bed.advance(1000);
    await restoreSite(context, admin, { site_id: hub.id });
    await restoreSite(context, admin, { site_id: other.id }, { until: context.clock() });
    await restoreSite(context, admin, { site_id: one.id });
    const there = pathsIn(await dump(context));
    expect(paths.filter(({ id }) => there.has(id))).toEqual(paths.filter(path => endsAt(path, one.id)));
  });

  it('is claimed once by concurrent restores', async () => {
    const { context } = network.bed;
    const { id: site_id } = await createSite(context, admin, { name: 'Without endpoints' });
    await deleteSite(context, admin, { site_id });
    const client = pausingBefore('TransactWriteItems', async () => {
      await restoreSite(context, admin, { site_id });
    });
    const again = restoreSite({ ...context, client, deadline: Infinity }, admin, { site_id });
    await expect(again).rejects.toMatchObject({ name: 'Conflict' });
    client.destroy();
    const restores = auditOf(await dump(context), 'restoreSite');
    expect(restores.filter(({ target }) => target === `site:${site_id}`)).toHaveLength(1);
  });

  it('is claimed only for the deletion that was read', async () => {
    const { bed } = network;
    const { context } = bed;
    const { site_id } = await deletedHub();
    const client = pausingBefore('TransactWriteItems', async () => {
      await restoreSite(context, admin, { site_id });
      await updateSite(context, admin, { site_id, location: 'Elsewhere' });
      await deleteSite(context, admin, { site_id });
      bed.advance(1000);
    });
    await restoreSite({ ...context, client, deadline: Infinity }, admin, { site_id });
    client.destroy();
    expect(await readSite(context, site_id)).toMatchObject({ location: 'Elsewhere' });
    const restores = auditOf(await dump(context), 'restoreSite');
    expect(restores.filter(({ target }) => target === `site:${site_id}`)).toHaveLength(2);
  });

  it('is never restored after its retention', async () => {
    const { bed } = network;
    const { site_id } = await deletedHub();
    bed.advance(30 * 86_400_000);
    await expect(restoreSite(bed.context, admin, { site_id })).rejects.toMatchObject({
      name: 'NotFound',
      message: `Site ${site_id} was deleted on 2026-01-31T12:00:00.000Z and could be restored until 2026-03-02T12:00:00.000Z.`,
    });
  });

  it('of an endpoint is claimed once, only while it is archived', async () => {
    const { context } = network.bed;
    const { hub } = await makeHub(context, { paths: 1 });
    await removeEndpoint(context, admin, { site_id: hub.id, endpoint_id: 'wan1' });
    const { operation_id: removal_id } = (await readLastOperation(context, hub.id, 'wan1'))!;
    const archive = { site_id: hub.id, removal_id };
    const claim = () =>
      writeChange(context, [setEndpointHeadState(context, archive, { from: 'ARCHIVED', to: 'RESTORING' })]);
    await claim();
    await expect(claim()).rejects.toThrow(ConditionFailed);
    expect(await readEndpointHead(context, archive)).toMatchObject({ state: 'RESTORING' });
  });

  it('of an earlier deletion is extended, and never recreated after it has expired in the meantime', async () => {
    const { context } = network.bed;
    const { site_id, chunk } = await deletedHub();
    const { pk, sk } = chunk;
    const later = { ...(await readLastOperation(context, site_id))!, operation_id: 'later' };
    await extendLeftovers({ ...context, archive_days: 60 }, later);
    expect((await readChunk(context, chunk))!.expires_at).toBe(chunk.expires_at + 1 + 30 * 86_400);
    const client = pausingBefore('UpdateItem', async () => {
      await context.client.send(new DeleteCommand({ TableName: context.tables.network, Key: { pk, sk } }));
    });
    await extendLeftovers({ ...context, client, deadline: Infinity }, later);
    client.destroy();
    expect(await readChunk(context, chunk)).toBeUndefined();
  });

  it('of an earlier deletion is kept as long as that of the next one', async () => {
    const { bed } = network;
    const { site_id, chunk } = await deletedHub({ peerToo: true });
    await restoreSite(bed.context, admin, { site_id });
    bed.advance(10 * 86_400_000);
    await deleteSite(bed.context, admin, { site_id });
    const { expires_at } = (await readChunk(bed.context, chunk))!;
    expect(expires_at).toBeGreaterThanOrEqual(chunk.expires_at + 10 * 86_400);
  });

  it('is named by a note under a deleted peer as long as it has paths of that peer', async () => {
    const { bed } = network;
    const { context } = bed;
    const { site_id, peer_id } = await deletedHub({ peerToo: true });
    const { skipped } = await restoreSite(context, admin, { site_id });
    expect(skipped.map(({ reason }) => reason)).toEqual(['PEER_GONE', 'PEER_GONE', 'PEER_GONE']);
    // Two of the three paths end at this endpoint: without it they cannot be restored.
    await removeEndpoint(context, admin, { site_id, endpoint_id: 'wan1' });
    expect(await notes(peer_id)).toHaveLength(1);
    bed.advance(1000);
    await restoreSite(context, admin, { site_id: peer_id });
    expect(await notes(peer_id)).toHaveLength(1);
  });

  it('is named by a note that is never removed if it was written again in the meantime', async () => {
    const { bed } = network;
    const { context } = bed;
    const { site_id, peer_id } = await deletedHub({ peerToo: true });
    await restoreSite(context, admin, { site_id });
    bed.advance(1000);
    await restoreSite(context, admin, { site_id: peer_id }, { until: context.clock() });
    const restore = (await readLastOperation(context, peer_id))!;
    const client = pausingBefore('DeleteItem', async () => {
      const [Item] = await notes(peer_id);
      const again = { ...Item, operation_id: 'later' };
      await context.client.send(new PutCommand({ TableName: context.tables.network, Item: again }));
    });
    expect(await attachWaiting({ ...context, client, deadline: Infinity }, restore, () => false)).toBe(3);
    client.destroy();
    expect(await notes(peer_id)).toMatchObject([{ operation_id: 'later' }]);
    await attachWaiting(context, restore, () => false);
    expect(await notes(peer_id)).toEqual([]);
  });
});
