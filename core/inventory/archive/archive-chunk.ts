import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import type { ItemKey } from '../../storage/item.ts';
import { conditionOf, updateItem } from '../../storage/item-update.ts';
import { readItem } from '../../storage/parse-item.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { type TableNames, TTL_ATTRIBUTE } from '../../storage/tables.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { archivePartition, chunkKey } from '../model/inventory-keys.ts';
import { type PathItem, pathItemSchema } from '../model/site-items.ts';
import { putNew } from '../model/site-writes.ts';

/** The byte at the start of packed data, so that the format can change: 1 = raw deflate of JSON. */
const FORMAT = 1;

/** Compresses a value as JSON. */
export function pack(value: unknown): Uint8Array {
  const body = deflateRawSync(JSON.stringify(value), { level: 3 });
  return Buffer.concat([Buffer.of(FORMAT), body]);
}

/** The value that {@link pack} compressed. @throws Error for a format of a later release */
export function unpack<T>(schema: z.ZodType<T>, data: Uint8Array): T {
  if (data[0] !== FORMAT) throw new Error(`archive format ${data[0]} is not known to this release`);
  return schema.parse(JSON.parse(inflateRawSync(data.subarray(1)).toString()));
}

/** Some paths of a deleted site, at least one. Each write raises `version`. */
export interface ArchiveChunk extends ItemKey {
  operation_id: string;
  count: number;
  version: number;
  data: Uint8Array;
  expires_at: number;
}

export const archiveChunkSchema: z.ZodType<ArchiveChunk> = z.object({
  pk: z.string(),
  sk: z.string(),
  operation_id: z.string(),
  count: z.number(),
  version: z.number(),
  data: z.instanceof(Uint8Array),
  expires_at: z.number(),
});

/** One chunk; undefined when there is none. */
export const readChunk = (context: StoreContext, { pk, sk }: ItemKey): Promise<ArchiveChunk | undefined> =>
  readItem(context, { pk, sk }, archiveChunkSchema);

export interface NewChunk {
  site_id: string;
  operation_id: string;
  paths: PathItem[];
  /** Seconds since the epoch. */
  expires_at: number;
}

/** Puts paths in a site's archive, in a chunk with the id of paths[0]. */
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

const pathsSchema = z.array(pathItemSchema);

export const chunkPaths = ({ data }: ArchiveChunk): PathItem[] => unpack(pathsSchema, data);

/**
 * Replaces a chunk's paths by `paths`, or removes the chunk when there are none: only when it
 * hasn't changed since it was read.
 */
export function rewriteChunk(
  tables: TableNames,
  { pk, sk, version }: ArchiveChunk,
  { paths, expires_at }: { paths: PathItem[]; expires_at: number },
): WriteAction {
  const table = tables.network;
  const key = { pk, sk };
  const condition = { expression: '#version = :version', values: { version } };
  if (paths.length === 0) return { Delete: { TableName: table, Key: key, ...conditionOf(condition) } };
  const set = {
    version: version + 1,
    count: paths.length,
    data: pack(paths),
    [TTL_ATTRIBUTE]: expires_at,
  };
  return { Update: updateItem({ table, key, set, condition }) };
}

/** The site whose archive, or whose endpoint's archive, contains a chunk. */
export const archiveOwner = (pk: string): string => pk.slice(archivePartition('').length).split('/', 1)[0]!;
