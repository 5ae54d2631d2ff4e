import { type DynamoDBDocumentClient, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Item } from '../core/storage/item.ts';
import { createTable } from '../test/support/create-table.ts';
import { itemBytes } from '../test/support/item-bytes.ts';
import { measured, routingWorld } from '../test/support/routing-world.ts';
import type { BenchRow } from './bench-row.ts';
import { withDatabase } from './support/with-database.ts';

const MINUTES = 60;
/** An item of each path each ten minutes. */
const MAX_WRITE_UNITS = 0.25;
const UNIT_BYTES = 1024;

const tables = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };

/** The cost of a report's steady paths in addition to the lane, which is written anyway. */
export async function run(): Promise<BenchRow[]> {
  return withDatabase(async client => {
    for (const name of Object.values(tables)) {
      await createTable(client, name, { expiryIndex: name === tables.cache });
    }
    let units = 0;
    let between = 0;
    const send = (command: unknown): unknown => {
      if (command instanceof PutCommand) units += unitsOf(command.input.Item as Item);
      if (command instanceof UpdateCommand) units++;
      return client.send(command as PutCommand);
    };
    const counting = Object.assign(Object.create(client) as DynamoDBDocumentClient, { send });
    const { context, monitor, time, fast, slow } = await routingWorld({ client: counting, tables });
    const report = async (minute: number) => {
      const noise = minute % 3;
      const paths = [measured(time, fast, 20 + noise), measured(time, slow, 40 + noise)];
      await monitor.observe(context, paths);
      await time.advance(60_000);
    };
    await report(0);
    units = 0;
    for (let minute = 1; minute <= MINUTES; minute++) {
      const before = units;
      await report(minute);
      if (units === before) between++;
    }
    const value = units / MINUTES;
    return [
      {
        name: 'write units a report with 2 steady paths, beyond its lane',
        value,
        unit: 'WRU',
        peer: 'stored and cached with each report',
        peer_value: 4,
        ratio: value / 4,
        threshold: `<= ${MAX_WRITE_UNITS} WRU`,
        ok: value <= MAX_WRITE_UNITS,
        note: `${between} of ${MINUTES} reports write nothing; the others write each path anew, as they do each ten minutes`,
      },
    ];
  });
}

function unitsOf(item: Item): number {
  return Math.ceil(itemBytes(item) / UNIT_BYTES);
}
