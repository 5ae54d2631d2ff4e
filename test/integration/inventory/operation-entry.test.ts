import { describe, expect, it } from 'vitest';
import { OPERATION_KIND, type RunningOperation } from '../../../core/inventory/model/running-operation.ts';
import { claimInterrupted } from '../../../core/inventory/removal/claim-interrupted.ts';
import {
  endOperation,
  enterOperation,
  newOperation,
  readLastOperation,
  removeEntry,
  updateOperation,
} from '../../../core/inventory/removal/operation-entry.ts';
import { ConditionFailed } from '../../../core/storage/retrying.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { writeChange } from '../../../core/storage/write-change.ts';
import { faultyClient } from '../../support/faults.ts';
import { localClient } from '../../support/local-client.ts';
import { admin } from '../../support/network-bed.ts';
import { pausingBefore } from '../../support/pausing-client.ts';
import { useNetwork } from '../../support/use-network.ts';

const LEASE_MS = 30_000;

describe('the entry of an operation', () => {
  const network = useNetwork();

  /** A deletion of a site of its own, or a removal of one of its endpoints; nothing is written. */
  function planned(site_id: string = crypto.randomUUID(), endpoint_id?: string): RunningOperation {
    const begun = { audit_id: 'a', started_ms: network.bed.context.clock() };
    return newOperation(begun, {
      kind: endpoint_id === undefined ? OPERATION_KIND.deleteSite : OPERATION_KIND.removeEndpoint,
      site_id,
      ...(endpoint_id !== undefined && { endpoint_id }),
      life: 1,
      actor: admin,
      endpoints: 0,
      seq: 1,
    });
  }

  const enter = ({ context } = network.bed, operation = planned()) =>
    writeChange(context, [enterOperation(context.tables, operation)]).then(() => operation);
  const end = (operation: RunningOperation) => {
    const { context } = network.bed;
    return writeChange(context, [endOperation(context, operation, 0)]);
  };
  const stored = ({ site_id }: RunningOperation) => readLastOperation(network.bed.context, site_id);

  it('is at most one of a site, and of an endpoint, while the operation runs', async () => {
    const { bed } = network;
    const first = await enter();
    const { site_id } = first;
    await expect(enter(bed, planned(site_id))).rejects.toThrow(ConditionFailed);
    await enter(bed, planned(site_id, 'wan1'));
    await expect(enter(bed, planned(site_id, 'wan1'))).rejects.toThrow(ConditionFailed);
    expect(await stored(first)).toEqual(first);
    await end(first);
    const next = await enter(bed, planned(site_id));
    expect(await stored(first)).toMatchObject({ operation_id: next.operation_id, state: 'RUNNING' });
  });

  it('is ended only while the operation runs, and only at the event number that was read', async () => {
    const operation = await enter();
    const updated = await updateOperation(network.bed.context, operation, { done_paths: 3 });
    await expect(end(operation)).rejects.toThrow(ConditionFailed);
    await end(updated!);
    const ended = await stored(operation);
    expect(ended).toMatchObject({ state: 'ENDED', seq: 3 });
    for (const late of [updated!, { ...updated!, seq: 3 }]) {
      await expect(end(late)).rejects.toThrow(ConditionFailed);
    }
    expect(await stored(operation)).toEqual(ended);
  });

  it('is never updated after the end of the operation, and neither is a later one in its place', async () => {
    const { bed } = network;
    const operation = await enter();
    await end(operation);
    const ended = await stored(operation);
    expect(await updateOperation(bed.context, operation, { handed_over: true })).toBeUndefined();
    expect(await stored(operation)).toEqual(ended);
    bed.advance(1);
    await enter(bed, planned(operation.site_id));
    const later = await stored(operation);
    expect(await updateOperation(bed.context, operation, { handed_over: true })).toBeUndefined();
    expect(await stored(operation)).toEqual(later);
  });

  it('is updated after another run has written it in the meantime', async () => {
    const { context } = network.bed;
    const operation = await enter();
    await updateOperation(context, operation, { done_paths: 3 });
    expect(await updateOperation(context, operation, { handed_over: true })).toMatchObject({
      ...{ done_paths: 3, handed_over: true, seq: 3 },
    });
  });

  it('is removed after the end, and never that of a later operation', async () => {
    const { bed } = network;
    const operation = await enter();
    await removeEntry(bed.context, operation);
    expect(await stored(operation)).toBeDefined();
    await end(operation);
    bed.advance(1);
    const later = await enter(bed, planned(operation.site_id));
    await end(later);
    await removeEntry(bed.context, operation);
    expect(await stored(operation)).toMatchObject({ operation_id: later.operation_id });
    await removeEntry(bed.context, later);
    expect(await stored(operation)).toBeUndefined();
  });

  it('is claimed by at most one of several runs after the lease has expired', async () => {
    const { bed } = network;
    const operation = await enter();
    bed.advance(LEASE_MS);
    const claims = await Promise.all(
      Array.from({ length: 8 }, (_, ms) => {
        const clock = () => bed.context.clock() + ms;
        return claimInterrupted({ ...bed.context, clock, deadline: Infinity }, operation);
      }),
    );
    expect(claims.filter(claim => claim !== undefined)).toEqual([await stored(operation)]);
  });

  it('is claimed by the first to write of two runs that found the lease expired', async () => {
    const { bed } = network;
    const operation = await enter();
    bed.advance(LEASE_MS);
    const claim = (given: Partial<StoreContext>) =>
      claimInterrupted({ ...bed.context, deadline: Infinity, ...given }, operation);
    const later = bed.context.clock() + 1;
    let faster: RunningOperation | undefined;
    const client = pausingBefore('UpdateItem', async () => {
      faster = await claim({ clock: () => later });
    });
    expect(await claim({ client })).toBeUndefined();
    client.destroy();
    expect(faster).toEqual(await stored(operation));
    expect(faster).toMatchObject({ touched_ms: later });
  });

  it('is not claimed while a run holds the lease', async () => {
    const { bed } = network;
    const operation = await enter();
    bed.advance(LEASE_MS - 1);
    expect(await claimInterrupted(bed.context, operation)).toBeUndefined();
  });

  it('is claimed if the response to the claim was lost', async () => {
    const { bed } = network;
    const operation = await enter();
    bed.advance(LEASE_MS);
    const { client, arm } = faultyClient(localClient({ maxAttempts: 1 }));
    arm({ at: 1, fault: 'connection reset, landed' });
    const context: StoreContext = { ...bed.context, client, deadline: Infinity };
    expect(await claimInterrupted(context, operation)).toEqual(await stored(operation));
  });
});
