import { type DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { toBigInt } from '../../storage/document-client.ts';
import type { Item, ItemKey } from '../../storage/item.ts';
import { parseItem } from '../../storage/parse-item.ts';
import type { TableNames } from '../../storage/tables.ts';
import type { Counts, Gauges } from './read-counters.ts';

/**
 * Partition of all resets; the sort key is the id of the reset's audit entry, so they sort by time.
 */
export const BASELINE_PARTITION = 'BASELINE';

export type BaselineCounts = Omit<Counts, keyof Gauges>;

/** The counts at the time of a reset. The counters themselves stay as they are. */
export type BaselineFigures =
  /** By policy id; a policy that is missing had counted nothing. */
  | { in: 'head'; policies: ReadonlyMap<string, BaselineCounts> }
  /** They are in this many chunks, see `baseline-chunks.ts`. */
  | { in: 'chunks'; chunks: number };

/** A reset, as its head describes it. Without the head a reset has no effect. */
export interface Baseline {
  /** Id of the reset's audit entry. */
  audit_id: string;
  /** Id in the partitions of its chunks, and of the figures of running boots. */
  chunks_id: string;
  /** When it was made, milliseconds. */
  at: number;
  covers: Coverage;
  undone: boolean;
  figures: BaselineFigures;
}

/**
 * What a reset covers: one policy, or every policy of the past and the future. A policy id that
 * looks like "all" is still one policy.
 */
export type Coverage = { all: true } | { all: false; policy_id: string };

/** Covers every policy. */
export const COVERS_ALL: Coverage = { all: true };

/** In items of earlier releases: written in place of a policy's id by a reset of all policies. */
const OLD_COVERS_ALL = '*';

const count = z.union([z.number(), z.bigint()]).transform(toBigInt);
// Earlier releases had no estimated bytes.
const counts = z.object({ packets: count, bytes: count, estimated_bytes: count.default(0n) });
const undone = z.boolean().default(false);
// Earlier releases stored chunks under the id of the audit entry.
const chunks_id = z.string().exactOptional();
const common = { sk: z.string(), at: z.number(), undone, chunks_id };

/** Without the figures: {@link readResets} reads this. */
const resetSchema = z.union([
  z.object({ ...common, scope: z.literal('ALL') }).transform(({ sk, at, undone, chunks_id = sk }) => ({
    ...{ audit_id: sk, at, undone, chunks_id },
    covers: COVERS_ALL,
  })),
  z
    .object({ ...common, scope: z.literal('POLICY'), policy_id: z.string() })
    .transform(({ sk, at, undone, policy_id, chunks_id = sk }) => ({
      ...{ audit_id: sk, at, undone, chunks_id },
      covers: { all: false as const, policy_id },
    })),
  z.object({ ...common, covers: z.string() }).transform(({ sk, at, undone, covers, chunks_id = sk }) => ({
    ...{ audit_id: sk, at, undone, chunks_id },
    covers: coverageOf(covers),
  })),
]);

const figuresSchema = z.union([
  z
    .object({ scope: z.literal('ALL'), chunks: z.number().int() })
    .transform(({ chunks }): BaselineFigures => ({ in: 'chunks', chunks })),
  z
    .object({ scope: z.literal('POLICY'), policy_id: z.string(), counts })
    .transform(
      ({ policy_id, counts }): BaselineFigures => ({ in: 'head', policies: new Map([[policy_id, counts]]) }),
    ),
  z
    .object({ covers: z.string(), policies: z.record(z.string(), counts) })
    .transform(
      ({ policies }): BaselineFigures => ({ in: 'head', policies: new Map(Object.entries(policies)) }),
    ),
]);

function coverageOf(covers: string): Coverage {
  return covers === OLD_COVERS_ALL ? COVERS_ALL : { all: false, policy_id: covers };
}

/** @throws BrokenItem */
export function baselineFromItem(item: Item): Baseline {
  return { ...parseItem(resetSchema, item), figures: parseItem(figuresSchema, item) };
}

/** The key of a reset's head. */
export function baselineKey(audit_id: string): ItemKey {
  return { pk: BASELINE_PARTITION, sk: audit_id };
}

/** The head of a reset of one policy, with the policy's counts at that time. */
export function policyBaselineItem(
  { audit_id, at, chunks_id }: Pick<Baseline, 'audit_id' | 'at' | 'chunks_id'>,
  policy_id: string,
  { packets, bytes, estimated_bytes }: BaselineCounts,
): Item {
  const counts = { packets, bytes, estimated_bytes };
  return { ...baselineKey(audit_id), at, chunks_id, scope: 'POLICY', policy_id, counts, undone: false };
}

/** The head of a reset of all policies. */
export function wholeBaselineItem(
  { audit_id, at, chunks_id }: Pick<Baseline, 'audit_id' | 'at' | 'chunks_id'>,
  { chunks, policies }: { chunks: number; policies: number },
): Item {
  return {
    ...baselineKey(audit_id),
    at,
    scope: 'ALL',
    chunks,
    chunks_id,
    counted_policies: policies,
    undone: false,
  };
}

/**
 * The baselines that shown figures may depend on, from the newest back to the newest reset of all
 * policies, which is the last of them. Undone resets are left out.
 *
 * @throws BrokenItem
 */
export async function readBaselines(client: DynamoDBDocumentClient, tables: TableNames): Promise<Baseline[]> {
  const baselines: Baseline[] = [];
  for await (const items of headPages(client, tables)) {
    for (const item of items) {
      const reset = parseItem(resetSchema, item);
      if (reset.undone) continue;
      baselines.push({ ...reset, figures: parseItem(figuresSchema, item) });
      if (reset.covers.all) return baselines;
    }
  }
  return baselines;
}

/** All resets, from the newest to the oldest. @throws BrokenItem */
export async function readResets(
  client: DynamoDBDocumentClient,
  tables: TableNames,
): Promise<Omit<Baseline, 'figures'>[]> {
  const resets: Omit<Baseline, 'figures'>[] = [];
  const attributes = ['pk', 'sk', 'at', 'chunks_id', 'scope', 'policy_id', 'covers', 'undone'];
  for await (const items of headPages(client, tables, attributes)) {
    resets.push(...items.map(item => parseItem(resetSchema, item)));
  }
  return resets;
}

/** Whether a reset covers a policy. */
export function coversPolicy({ covers }: Pick<Baseline, 'covers'>, policy_id: string): boolean {
  return covers.all || covers.policy_id === policy_id;
}

async function* headPages(
  client: DynamoDBDocumentClient,
  tables: TableNames,
  attributes: readonly string[] = [],
): AsyncGenerator<Item[], void> {
  const names = attributes.map(name => [`#${name}`, name]);
  const pages = paginateQuery(
    { client },
    {
      TableName: tables.traffic,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': BASELINE_PARTITION },
      ...(names.length > 0 && {
        ProjectionExpression: names.map(([alias]) => alias).join(', '),
        ExpressionAttributeNames: Object.fromEntries(names),
      }),
      ScanIndexForward: false,
      ConsistentRead: true,
    },
  );
  for await (const { Items = [] } of pages) yield Items;
}
