import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { beginAlarm } from '../../../../core/alarms/alarm-actions.ts';
import { stateEventAction } from '../../../../core/events/state-event.ts';
import { pathProblem } from '../../../../core/routing/metrics/path-alarm.ts';
import { type ApiUnderTest, makeApi } from '../../../support/api.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

let db: TestTables;
let api: ApiUnderTest;
let berlin: string;
let bonn: string;
let path: string;

beforeEach(async () => {
  db = await createTables();
  api = makeApi(db);
  berlin = (await change('Mutation.createSite', { name: 'Berlin' })).id;
  bonn = (await change('Mutation.createSite', { name: 'Bonn' })).id;
  for (const site_id of [berlin, bonn]) {
    await change('Mutation.addEndpoint', { site_id, address: '192.0.2.1', interface_type: 'FIBER' });
  }
  const ends = { source_site_id: berlin, destination_site_id: bonn };
  const endpoints = { source_endpoint_id: 'wan1', destination_endpoint_id: 'wan1' };
  path = (await change('Mutation.createPath', { ...ends, ...endpoints })).id;
  return () => db.drop();
});

/** A change at its own instant, so that the order of the entries is that of the changes. */
function change(operation: string, args: object): ReturnType<ApiUnderTest['data']> {
  api.now += 1000;
  return api.data(operation, args);
}

interface Named {
  target: string;
  target_name: string | null;
}

/** The name of each target in the audit log, from its newest entry. */
async function namesInLog(): Promise<Record<string, string | null>> {
  const { items } = await api.data('Query.auditLog', { limit: 100 });
  return Object.fromEntries(
    (items as Named[]).toReversed().map(({ target, target_name }) => [target, target_name]),
  );
}

describe('the name of a target', () => {
  it('is in the audit log for sites, endpoints, paths and policies', async () => {
    const { id } = await change('Mutation.createPolicy', { name: 'Voice', priority: 1 });
    expect(await namesInLog()).toEqual({
      [`site:${berlin}`]: 'Berlin',
      [`site:${bonn}`]: 'Bonn',
      [`endpoint:${berlin}/wan1`]: 'Berlin wan1',
      [`endpoint:${bonn}/wan1`]: 'Bonn wan1',
      [`path:${path}`]: 'Berlin wan1 – Bonn wan1',
      [`policy:${id}`]: 'Voice',
    });
  });

  it('is the current name, or the last one of a deleted object', async () => {
    await change('Mutation.updateSite', { site_id: berlin, name: 'Berlin Mitte' });
    await change('Mutation.deleteSite', { site_id: bonn });
    expect(await namesInLog()).toMatchObject({
      [`site:${berlin}`]: 'Berlin Mitte',
      [`site:${bonn}`]: 'Bonn',
      [`endpoint:${bonn}/wan1`]: null,
      [`path:${path}`]: 'Berlin Mitte wan1 – a deleted site wan1',
    });
  });

  it('is read for a path that an alarm or an event names only by its id', async () => {
    const problem = pathProblem(path, 'PATH_FAILED', api.now);
    const event = {
      type: 'PATH_FAILED',
      title: problem.title,
      target: problem.target,
      site_id: berlin,
      job: 'ingest',
    };
    await db.client.send(
      new TransactWriteCommand({
        TransactItems: [
          ...beginAlarm(db.tables, problem, { at_ms: api.now, job: 'ingest' }),
          stateEventAction(db.tables, api.now, event),
        ],
      }),
    );
    const [alarm] = (await api.data('Query.alarms')).items;
    expect(alarm).toMatchObject({ target: `path:${path}`, target_name: 'Berlin wan1 – Bonn wan1' });
    const { items } = await api.data('Query.events', { types: ['PATH_FAILED'] });
    for (const { target_name } of items) expect(target_name).toBe('Berlin wan1 – Bonn wan1');
    await change('Mutation.deletePath', { path_id: path });
    expect((await api.data('Query.alarms')).items[0]?.target_name ?? null).toBeNull();
  });
});
