import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { ItemKey } from '../../storage/item.ts';
import type { TableNames } from '../../storage/tables.ts';
import { TTL_ATTRIBUTE } from '../../storage/tables.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { archivePartition, chunkKey } from '../model/inventory-keys.ts';
import type { PathItem } from '../model/site-items.ts';
import { putNew } from '../model/site-writes.ts';

/** First byte of packed data, so that the format can change: 1 = raw deflate of JSON. */
const FORMAT = 1;

/** Anything of JSON, compressed. */
export function pack(value: unknown): Uint8Array {
  const body = deflateRawSync(JSON.stringify(value), { level: 3 });
  return Buffer.concat([Buffer.of(FORMAT), body]);
}

/** @throws Error for a format of a later release */
export function unpack<T>(data: Uint8Array): T {
  if (data[0] !== FORMAT) throw new Error(`archive format ${data[0]} is not known to this release`);
  return JSON.parse(inflateRawSync(data.subarray(1)).toString()) as T;
}

/** Some paths of a deleted site. Every writer raises `version`; a chunk without paths doesn't exist. */
export interface ArchiveChunk extends ItemKey {
  operation_id: string;
  count: number;
  version: number;
  data: Uint8Array;
  expires_at: number;
}

export interface NewChunk {
  site_id: string;
  operation_id: string;
  paths: PathItem[];
  /** Seconds since the epoch. */
  expires_at: number;
}

/** Puts paths in a site's archive, under the first of them. */
export function putChunk(
  tables: TableNames,
  { site_id, operation_id, paths, expires_at }: NewChunk,
): WriteAction {
  return putNew(tables, {
    ...chunkKey(site_id, operation_id, paths[0]!.id),
    operation_id,
    count: paths.length,
    version: 1,
    data: pack(paths),
    [TTL_ATTRIBUTE]: expires_at,
  });
}

export const chunkPaths = (chunk: ArchiveChunk): PathItem[] => unpack<PathItem[]>(chunk.data);

/** Leaves only `paths` in a chunk that nobody may have changed since it was read; without any, removes it. */
export function rewriteChunk(
  tables: TableNames,
  { pk, sk, version }: ArchiveChunk,
  { paths, expires_at }: { paths: PathItem[]; expires_at: number },
): WriteAction {
  const unchanged = {
    TableName: tables.network,
    Key: { pk, sk },
    ConditionExpression: '#version = :version',
    ExpressionAttributeNames: { '#version': 'version' },
  };
  if (paths.length === 0) {
    return { Delete: { ...unchanged, ExpressionAttributeValues: { ':version': version } } };
  }
  return {
    Update: {
      ...unchanged,
      UpdateExpression: 'SET #version = :next, #count = :count, #data = :data, #expires = :expires',
      ExpressionAttributeNames: {
        '#version': 'version',
        '#count': 'count',
        '#data': 'data',
        '#expires': TTL_ATTRIBUTE,
      },
      ExpressionAttributeValues: {
        ':version': version,
        ':next': version + 1,
        ':count': paths.length,
        ':data': pack(paths),
        ':expires': expires_at,
      },
    },
  };
}

/** The site whose archive a chunk lies in. */
export const archiveOwner = (pk: string): string => pk.slice(archivePartition('').length);
