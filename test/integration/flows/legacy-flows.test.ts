import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eraseFlows } from '../../../core/flows/flow-erasures.ts';
import { decodeFlows } from '../../../core/flows/legacy/legacy-item.ts';
import { pageFlows } from '../../../core/flows/page-flows.ts';
import {
  arrivedReports,
  expectedFlows,
  type FlowWorld,
  HOST,
  HOUR,
  makeFlowWorld,
  pages,
} from '../../support/flow-world.ts';
import { putLegacyFlows } from '../../support/legacy-flows.ts';
import { T0 } from '../../support/report-records.ts';

const reports = arrivedReports();
const [before, after] = [reports.slice(0, 9), reports.slice(9)];

describe('flows that the last release left in the table', () => {
  let world: FlowWorld;
  beforeEach(async () => {
    world = await makeFlowWorld();
    await putLegacyFlows({ client: world.client, table: world.tables.traffic }, before);
    await world.write(after, [2]);
  });
  afterEach(() => world.close());

  async function told(): Promise<string[][]> {
    const { read, 'pages of 7': paged, 'pages of 1000': whole } = await world.readings();
    return [read!, paged!, whole!];
  }

  it('are returned next to the new ones, each once, before and after the first run', async () => {
    const all = expectedFlows(reports);
    expect(await told()).toEqual([all, all, all]);
    await world.run();
    expect(await told()).toEqual([all, all, all]);
  });

  it('are returned once if a replay has also stored them as objects', async () => {
    await world.write(reports, [4], 3);
    const all = expectedFlows(reports);
    expect(await told()).toEqual([all, all, all]);
    await world.run();
    expect(await told()).toEqual([all, all, all]);
  });

  it('are returned for one host, and only newest first', async () => {
    const ofHost = expectedFlows(reports).filter(flow => flow.includes(HOST));
    expect(await pages(world.store(), 2, HOST)).toEqual(ofHost);
    const asked = { from: T0 - HOUR, to: T0 + 3 * HOUR, matches: () => true, limit: 10 };
    await expect(pageFlows(world.store(), { ...asked, order: 'OLDEST_FIRST' })).rejects.toThrow(
      'The previous release has logged flows in this range, which can be listed newest first only: leave order out, or choose a later from.',
    );
  });

  it('are no longer read after they have expired', async () => {
    await world.run();
    world.now += 26 * HOUR;
    world.ttl_hours = 48;
    const queried: unknown[] = [];
    const client = new Proxy(world.client, {
      get: (target, name) =>
        name === 'send'
          ? (command: { input: { ExpressionAttributeValues?: Record<string, unknown> } }) => {
              queried.push(command.input.ExpressionAttributeValues?.[':pk']);
              return target.send(command as never);
            }
          : Reflect.get(target, name),
    });
    expect(await pages({ ...world.store(), client }, 1000)).toEqual(expectedFlows(after));
    expect(queried).toEqual(['FLOW_LOG']);
  });

  it('are erased together with an address', async () => {
    const context = {
      ...world,
      clock: () => world.now,
      sleep: async () => {},
      random: () => 0,
      deadline: world.now + 60_000,
    };
    const actor = { kind: 'PERSON', id: 'sub', name: 'a', email: null, groups: ['admin'] } as never;
    await eraseFlows(context, { actor, address: HOST });
    const left = expectedFlows(reports, { without: HOST });
    expect(await told()).toEqual([left, left, left]);
    await world.run();
    const { Items = [] } = await world.client.send(new ScanCommand({ TableName: world.tables.traffic }));
    const flows = Items.filter(({ pk }) => pk.startsWith('FLOWS#')).flatMap(({ data }) => decodeFlows(data));
    expect(flows).toHaveLength(before.length * 3 - 6);
    expect(flows.filter(({ src, dst }) => src === HOST || dst === HOST)).toEqual([]);
    expect(await told()).toEqual([left, left, left]);
  });
});
