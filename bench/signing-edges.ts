import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { edgeKeysKey } from '../core/edge-keys/edge-key-items.ts';
import type { StreamRecord } from '../core/ingest/stream-record.ts';
import type { Item } from '../core/storage/item.ts';
import { edgeReports } from './ingest-reports.ts';

interface SigningEdge {
  key: KeyObject;
  /** The protected header in base64url. */
  header: string;
}

/**
 * A key pair for each edge of `edgeReports`: their items in the Network table, and a function that
 * signs a record like its edge.
 */
export function signingEdges(): { items: Item[]; sign(record: StreamRecord): StreamRecord } {
  const edges = new Map<string, SigningEdge>();
  const items = edgeReports(0).map(({ partition_key }, number): Item => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const { x } = publicKey.export({ format: 'jwk' });
    // In the form of a thumbprint.
    const kid = `bench-${number}`.padEnd(43, '0');
    const header = Buffer.from(JSON.stringify({ alg: 'Ed25519', kid })).toString('base64url');
    edges.set(partition_key, { key: privateKey, header });
    const keys = [{ kid, x, from: '2026-01-01T00:00:00.000Z', until: null }];
    return { ...edgeKeysKey(partition_key), revision: 1, keys };
  });
  return {
    items,
    sign(record) {
      const { key, header } = edges.get(record.partition_key)!;
      const signed = `${header}.${Buffer.from(record.data).toString('base64url')}`;
      const signature = sign(null, Buffer.from(signed), key).toString('base64url');
      return { ...record, data: Buffer.from(`${signed}.${signature}`) };
    },
  };
}
