import {
  BatchGetCommand,
  BatchWriteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Item } from '../../core/storage/item.ts';
import { clientWith } from './fake-dynamodb.ts';

const PAGE = 1000;

/**
 * A table in memory for tests with more items than DynamoDB Local writes in seconds, with the calls
 * of history and counters, including pages. It counts calls and written items.
 */
export class MemoryTable {
  readonly calls = new Map<string, number>();
  puts = 0;
  readonly #partitions = new Map<string, Map<string, Item>>();

  get client(): DynamoDBDocumentClient {
    return clientWith(command => this.#send(command));
  }

  async #send(command: unknown): Promise<unknown> {
    const { name } = (command as object).constructor;
    this.calls.set(name, (this.calls.get(name) ?? 0) + 1);
    if (command instanceof PutCommand) return this.#put(command.input.Item!);
    if (command instanceof BatchWriteCommand) {
      for (const requests of Object.values(command.input.RequestItems!)) {
        if (requests.length > 25) throw new Error('more than 25 items a batch');
        for (const { PutRequest } of requests) this.#put(PutRequest!.Item!);
      }
      return {};
    }
    if (command instanceof TransactWriteCommand) {
      for (const { Put } of command.input.TransactItems!) if (Put) this.#put(Put.Item!);
      return {};
    }
    if (command instanceof GetCommand) return { Item: this.#get(command.input.Key!) };
    if (command instanceof BatchGetCommand) {
      const [[table, { Keys = [] }]] = Object.entries(command.input.RequestItems!) as [
        [string, { Keys?: Item[] }],
      ];
      if (Keys.length > 100) throw new Error('more than 100 keys a batch');
      return { Responses: { [table]: Keys.flatMap(key => this.#get(key) ?? []) } };
    }
    if (command instanceof QueryCommand) return this.#query(command.input);
    throw new Error(`not known here: ${name}`);
  }

  #put(item: Item): object {
    const pk = String(item.pk);
    const partition = this.#partitions.get(pk) ?? new Map<string, Item>();
    partition.set(String(item.sk), item);
    this.#partitions.set(pk, partition);
    this.puts += 1;
    return {};
  }

  #get({ pk, sk }: Item): Item | undefined {
    return this.#partitions.get(String(pk))?.get(String(sk));
  }

  #query({
    ExpressionAttributeValues: values = {},
    ScanIndexForward: forward = true,
    Limit: limit = PAGE,
    ExclusiveStartKey: start,
  }: QueryCommand['input']): object {
    const sorted = [...(this.#partitions.get(values[':pk']) ?? new Map<string, Item>()).values()]
      .filter(({ sk }) => isWithin(String(sk), values))
      .sort((a, b) => (String(a.sk) < String(b.sk) ? -1 : 1));
    if (!forward) sorted.reverse();
    const first = start ? sorted.findIndex(({ sk }) => sk === start.sk) + 1 : 0;
    const Items = sorted.slice(first, first + limit);
    const more = first + limit < sorted.length;
    return { Items, ...(more && { LastEvaluatedKey: { pk: values[':pk'], sk: Items.at(-1)!.sk } }) };
  }
}

function isWithin(sk: string, values: Record<string, string>): boolean {
  const { ':first': first, ':last': last, ':from': from, ':to': to, ':after': after, ':id': id } = values;
  return (
    sk >= (first ?? from ?? '') &&
    (last === undefined || sk <= last) &&
    (to === undefined || sk <= to) &&
    (after === undefined || sk > after) &&
    (id === undefined || sk <= id)
  );
}
