import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { acknowledgeCommand, commandAction, readCommands } from '../../../core/commands/command-store.ts';
import type { EdgeCommand } from '../../../core/commands/edge-command.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { clientWith, FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { storeContext } from '../../support/store-context.ts';

const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };
const BEGIN = Date.UTC(2026, 0, 31, 12);

const routesTo = (destination_site_id: string): EdgeCommand => ({
  type: 'ROUTES',
  data: { destination_site_id, routes: [] },
});
const NEW_BOOT: EdgeCommand = { type: 'NEW_BOOT', data: { boot_id: 'b', contradictions: 3, reason: 'r' } };

describe('the commands of an edge', () => {
  let now: number;
  let database: FakeDynamoDb;
  let context: StoreContext;

  beforeEach(() => {
    now = BEGIN;
    database = new FakeDynamoDb();
    context = storeContext({ client: database.client, tables: TABLES }, () => now);
  });

  /**
   * Stores a command, a second after the previous one.
   * @returns its id
   */
  function store(command: EdgeCommand): string {
    now += 1000;
    const { Item } = commandAction(context, 'edge-1', command).action.Put;
    database.items.set(`${Item!.pk}\u0000${Item!.sk}`, Item!);
    return Item!.id;
  }

  const pending = async () => (await readCommands(context, 'edge-1')).map(({ id }) => id);

  it('are ordered by age, the oldest first', async () => {
    const ids = [routesTo('z'), routesTo('m'), NEW_BOOT, routesTo('a')].map(store);
    expect(await pending()).toEqual(ids);
  });

  it('contain no expired command, even if DynamoDB deletes it late', async () => {
    const routes = store(routesTo('a'));
    const boot = store(NEW_BOOT);
    now += 86_400_000 - 1;
    expect(await pending()).toEqual([routes, boot]);
    now += 1;
    expect(await pending()).toEqual([routes]);
  });

  it('still contain a command that has replaced the acknowledged one in the meantime', async () => {
    const command_id = store(routesTo('a'));
    const client = clientWith(async command => {
      if (!(command instanceof DeleteCommand)) return database.send(command);
      store(routesTo('a'));
      const { ConditionExpression, ExpressionAttributeValues } = command.input;
      expect([ConditionExpression, ExpressionAttributeValues]).toEqual([
        '#id = :command_id',
        { ':command_id': command_id },
      ]);
      throw Object.assign(new Error(), { name: 'ConditionalCheckFailedException' });
    });
    expect(await acknowledgeCommand({ ...context, client }, { edge_id: 'edge-1', command_id })).toBe(false);
  });
});
