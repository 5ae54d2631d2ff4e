import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import { z } from 'zod';
import { conditionOf } from '../../storage/item-update.ts';
import { parseItem } from '../../storage/parse-item.ts';
import { repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { TTL_ATTRIBUTE } from '../../storage/tables.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { probeKey, probingKey } from '../path-keys.ts';
import { type ProbeResult, probeResultSchema } from './probe-result.ts';

const KEPT_SECONDS = 600;

/** A probe of a path that concurrent callers share. Times are by the functions' clock. */
export interface RunningProbe {
  id: string;
  ordered_ms: number;
  /** Latest time of an answer. */
  until_ms: number;
  /** The edges that were ordered to probe, with their commands. */
  orders: { edge_id: string; command_id: string }[];
}

const probingSchema: z.ZodType<RunningProbe> = z.object({
  id: z.string(),
  ordered_ms: z.number(),
  until_ms: z.number(),
  orders: z.array(z.object({ edge_id: z.string(), command_id: z.string() })),
});

/** The probe of a path that was ordered last, running or ended; undefined: none recently. */
export async function readProbing(context: StoreContext, path_id: string): Promise<RunningProbe | undefined> {
  const command = {
    TableName: context.tables.traffic,
    Key: probingKey(path_id),
    ConsistentRead: true,
  };
  const { Item } = await repeatUntil(context, () => context.client.send(new GetCommand(command)));
  return Item && parseItem(probingSchema, Item);
}

/**
 * The action that stores a probe, on condition that no caller ordered one since `before` was read.
 */
export function probingAction(
  { tables }: Pick<StoreContext, 'tables'>,
  {
    path_id,
    probe,
    before,
  }: { path_id: string; probe: Omit<RunningProbe, 'id'>; before: RunningProbe | undefined },
): WriteAction & { Put: NonNullable<WriteAction['Put']> } {
  return {
    Put: {
      TableName: tables.traffic,
      Item: {
        ...probingKey(path_id),
        ...probe,
        id: ulid(probe.ordered_ms),
        [TTL_ATTRIBUTE]: Math.ceil(probe.until_ms / 1000) + KEPT_SECONDS,
      },
      ...conditionOf(
        before
          ? { expression: '#id = :before', values: { before: before.id } }
          : { expression: 'attribute_not_exists(#pk)' },
      ),
    },
  };
}

/** The outcomes of a probe as far as they are known. */
export class ProbeOutcomes {
  readonly #context: StoreContext;
  readonly #path_id: string;
  readonly #probe: RunningProbe;
  readonly #failed = new Map<string, ProbeResult>();

  constructor(context: StoreContext, { path_id, probe }: { path_id: string; probe: RunningProbe }) {
    this.#context = context;
    this.#path_id = path_id;
    this.#probe = probe;
  }

  /**
   * An outcome with a measurement. If all edges have answered without one, why they could not
   * measure. undefined: an answer may still come.
   */
  async read(): Promise<ProbeResult | undefined> {
    const { client, tables } = this.#context;
    for (const { command_id } of this.#probe.orders) {
      if (this.#failed.has(command_id)) continue;
      const Key = probeKey(this.#path_id, command_id);
      const command = { TableName: tables.traffic, Key, ConsistentRead: true };
      const { Item } = await repeatUntil(this.#context, () => client.send(new GetCommand(command)));
      if (!Item) continue;
      const result = parseItem(probeResultSchema, Item);
      if (result.measured) return result;
      this.#failed.set(command_id, result);
    }
    return this.#failed.size === this.#probe.orders.length ? this.reason : undefined;
  }

  /** Why the edge that answered first could not measure; undefined: no edge has failed. */
  get reason(): ProbeResult | undefined {
    return [...this.#failed.values()][0];
  }
}
