import { BatchWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { directoryItem, endpointItem, pathItem, siteItem } from '../../core/inventory/model/site-items.ts';
import { metricsKey } from '../../core/routing/path-keys.ts';
import type { Item } from '../../core/storage/item.ts';
import { timestamp } from '../../core/storage/store-context.ts';
import type { TableNames } from '../../core/storage/tables.ts';

const SITES = 1000;
const PATHS_A_SITE = 4;

/** The number of paths. */
export const PATHS = SITES * PATHS_A_SITE;

/**
 * Puts a ring of sites; each has paths to the next four, all measured just now.
 * @returns the ids of the sites
 */
export async function putRingNetwork(
  client: DynamoDBDocumentClient,
  tables: Pick<TableNames, 'network' | 'traffic'>,
  now_ms: number,
): Promise<string[]> {
  const ids = Array.from(
    { length: SITES },
    (_, n) => `550e8400-e29b-41d4-a716-${String(n).padStart(12, '0')}`,
  );
  const created_at = timestamp(now_ms);
  const network: Item[] = [];
  const traffic: Item[] = [];
  for (const [n, id] of ids.entries()) {
    const site = {
      ...{
        id,
        name: `site ${n}`,
        location: null,
        latitude: null,
        longitude: null,
        public_key: null,
        status: 'ACTIVE' as const,
      },
      ...{ version: 1, life: 1, seq: 1, created_at, updated_at: created_at },
    };
    const wan = {
      ...{ site_id: id, id: 'wan1', address: '192.0.2.1', interface_type: 'FIBER' as const },
      ...{ cost_per_gb: 0, reachable: null, created_at, updated_at: created_at, status: 'ACTIVE' as const },
    };
    network.push(siteItem(site), directoryItem(site), endpointItem(wan));
    for (let step = 1; step <= PATHS_A_SITE; step++) {
      const peer = ids[(n + step) % SITES]!;
      const path = {
        ...{ id: `${id}.${String(step).padStart(16, '0')}`, wg_interface: null, created_at, rev: 'r' },
        ...{ source_site_id: id, source_endpoint_id: 'wan1', source_life: 1 },
        ...{ destination_site_id: peer, destination_endpoint_id: 'wan1', destination_life: 1 },
      };
      network.push(pathItem(path, id), pathItem(path, peer));
      traffic.push(measurement(path.id, { noise: (n * 7 + step) % 100, now_ms }));
    }
  }
  await putAll(client, { table: tables.network, items: network });
  await putAll(client, { table: tables.traffic, items: traffic });
  return ids;
}

function measurement(path_id: string, { noise, now_ms }: { noise: number; now_ms: number }): Item {
  const figures = { latency_ms: 20 + noise, jitter_ms: 1, packet_loss_pct: noise / 20, bandwidth_mbps: 100 };
  return { ...metricsKey(path_id), ...figures, measured_at: timestamp(now_ms), measured_ms: now_ms };
}

async function putAll(
  client: DynamoDBDocumentClient,
  { table, items }: { table: string; items: readonly Item[] },
): Promise<void> {
  for (let from = 0; from < items.length; from += 25) {
    const puts = items.slice(from, from + 25).map(item => ({ PutRequest: { Item: item } }));
    await client.send(new BatchWriteCommand({ RequestItems: { [table]: puts } }));
  }
}
