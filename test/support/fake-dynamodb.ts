import {
  BatchGetCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { UnstorableInput } from '../../core/storage/failure.ts';
import type { Item } from '../../core/storage/item.ts';
import { TRANSACTION_MAX_ACTIONS, TRANSACTION_MAX_BYTES } from '../../core/storage/tables.ts';
import type { WriteAction } from '../../core/storage/write-action.ts';
import { slotsItem } from './counter-slots.ts';
import { itemBytes } from './item-bytes.ts';

type Write = NonNullable<WriteAction['Put'] & WriteAction['Update']> & {
  removes?: boolean;
  checks?: boolean;
};

const MAX_ITEM_BYTES = 400 * 1024;

/**
 * A DynamoDB in memory, for tests with many runs: strong reads, conditions, transactions that write
 * all or nothing with cancellation reasons, and the limits that ingest relies on. It knows only the
 * expressions that the code uses; any other is an error. `ingest-exactness` runs the same scenarios
 * on it and on DynamoDB Local.
 */
export class FakeDynamoDb {
  readonly items = new Map<string, Item>([slotsItem()].map(item => [keyOf(item), item]));
  /** The size of each item that transactions wrote, to count write units. */
  readonly transactionItemBytes: number[] = [];
  readonly #strict: boolean;

  /**
   * @param strict whether written items pass through the SDK's own marshalling first, and keys and
   * numbers are checked
   */
  constructor({ strict = false } = {}) {
    this.#strict = strict;
  }

  /** To be passed in place of a document client. */
  get client(): DynamoDBDocumentClient {
    return clientWith(command => this.send(command));
  }

  async send(command: unknown): Promise<unknown> {
    if (this.#strict) checkStorable((command as { input: object }).input);
    if (command instanceof TransactWriteCommand) return this.#transact(command.input.TransactItems ?? []);
    if (command instanceof BatchGetCommand) return this.#batchGet(command);
    if (command instanceof QueryCommand) return this.#query(command);
    if (command instanceof GetCommand) return { Item: copy(this.items.get(keyOf(command.input.Key))) };
    if (command instanceof PutCommand) return this.#single(command.input as unknown as Write);
    if (command instanceof UpdateCommand) return this.#single(command.input as unknown as Write);
    if (command instanceof DeleteCommand) return this.#delete(command);
    throw new Error(`not known here: ${(command as object).constructor.name}`);
  }

  /** All items in the order of their keys, for comparing whole tables. */
  dump(): Item[] {
    return inOrder([...this.items]);
  }

  #single(write: Write): object {
    const old = this.items.get(keyOf(write.Item ?? write.Key));
    if (!holds(write, old)) throw named('ConditionalCheckFailedException');
    const item = applied(write, old);
    if (itemBytes(item) > MAX_ITEM_BYTES) throw named('ValidationException');
    this.items.set(keyOf(item), item);
    return {};
  }

  #delete({ input }: DeleteCommand): object {
    if (input.ConditionExpression !== undefined) throw new Error('not known here: a condition on a delete');
    this.items.delete(keyOf(input.Key));
    return {};
  }

  #transact(actions: readonly WriteAction[]): object {
    if (actions.length === 0 || actions.length > TRANSACTION_MAX_ACTIONS) throw named('ValidationException');
    const writes = actions.map(({ Put, Update, Delete, ConditionCheck }): Write => {
      const write = (Put ?? Update ?? Delete ?? ConditionCheck) as unknown as Write;
      return { ...write, removes: Delete !== undefined, checks: ConditionCheck !== undefined };
    });
    const keys = new Set(writes.map(write => keyOf(write.Item ?? write.Key)));
    if (keys.size < writes.length) throw named('ValidationException');
    const written: Item[] = [];
    const removed: Item[] = [];
    const reasons = writes.map(write => {
      const old = this.items.get(keyOf(write.Item ?? write.Key));
      if (!holds(write, old)) return { Code: 'ConditionalCheckFailed' };
      if (write.checks) return { Code: 'None' };
      if (write.removes) {
        removed.push(write.Key!);
        return { Code: 'None' };
      }
      const item = applied(write, old);
      if (itemBytes(item) > MAX_ITEM_BYTES) return { Code: 'ValidationError' };
      written.push(item);
      return { Code: 'None' };
    });
    if (written.reduce((sum, item) => sum + itemBytes(item), 0) > TRANSACTION_MAX_BYTES) {
      throw named('ValidationException');
    }
    if (reasons.some(({ Code }) => Code !== 'None')) throw cancelled(reasons);
    for (const key of removed) this.items.delete(keyOf(key));
    for (const item of written) {
      this.items.set(keyOf(item), item);
      this.transactionItemBytes.push(itemBytes(item));
    }
    return {};
  }

  #batchGet({ input }: BatchGetCommand): object {
    const [table, { Keys = [], ConsistentRead = false } = {}] = Object.entries(input.RequestItems ?? {})[0]!;
    if (!ConsistentRead) throw new Error('a weak read');
    if (Keys.length === 0 || Keys.length > 100) throw named('ValidationException');
    const found = Keys.flatMap(key => copy(this.items.get(keyOf(key))) ?? []);
    return { Responses: { [table]: found }, UnprocessedKeys: {} };
  }

  #query({ input }: QueryCommand): object {
    if (!input.ConsistentRead) throw new Error('a weak read');
    const { ':pk': pk, ...others } = input.ExpressionAttributeValues ?? {};
    const prefix = String(Object.values(others)[0] ?? '');
    const begin = keyOf({ pk, sk: prefix });
    const found = inOrder([...this.items].filter(([key]) => key.startsWith(begin)));
    if (input.ScanIndexForward === false) found.reverse();
    const start = found.findIndex(item => item.sk === input.ExclusiveStartKey?.sk);
    const Items = found.slice(start + 1).slice(0, input.Limit);
    return { Items: Items.map(item => copy(item)) };
  }
}

function inOrder(items: [key: string, item: Item][]): Item[] {
  return items.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}

/**
 * A document client that sends through `send`. The SDK's paginators check the class of their
 * client.
 */
export function clientWith(send: (command: unknown) => Promise<unknown>): DynamoDBDocumentClient {
  return Object.assign(Object.create(DynamoDBDocumentClient.prototype), { send });
}

/** Throws the errors of the document client and DynamoDB for values that cannot be stored. */
function checkStorable(input: object): void {
  let marshalled: unknown;
  try {
    marshalled = marshall(input, { removeUndefinedValues: true });
  } catch (cause) {
    throw new UnstorableInput(cause);
  }
  const check = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
    for (const [name, inner] of Object.entries(value)) {
      if (name === 'N' && typeof inner === 'string') checkNumber(inner);
      if (name === 'sk' && Buffer.byteLength(String((inner as { S?: string }).S)) > 1024)
        throw named('ValidationException');
      check(inner);
    }
  };
  check(marshalled);
}

/** 38 digits, magnitude 1e-130 to 1e126. Source: DynamoDB Developer Guide, "Data types". */
function checkNumber(text: string): void {
  const magnitude = Math.abs(Number(text));
  const digits = text
    .replace(/e.*$/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+|0+$/g, '');
  const fits = magnitude === 0 || (magnitude >= 1e-130 && magnitude < 1e126);
  if (!fits || digits.length > 38) throw named('ValidationException');
}

function keyOf(key: Item | undefined): string {
  return `${key?.pk}\u0000${key?.sk}`;
}

function copy(item: Item | undefined): Item | undefined {
  return item && structuredClone(item);
}

function holds(
  { ConditionExpression, ExpressionAttributeNames: names, ExpressionAttributeValues: values }: Write,
  old?: Item,
): boolean {
  if (ConditionExpression === undefined) return true;
  const condition = withNames(ConditionExpression, names);
  const clauses = condition
    .split(/ AND (?![^(]* OR )/)
    .map(clause => clause.replace(/^\((.* OR .*)\)$/, '$1'));
  return clauses.every(clause => holdsAny(clause, values, old));
}

function holdsAny(clause: string, values: Write['ExpressionAttributeValues'], old?: Item): boolean {
  return clause.split(' OR ').some(term => {
    const missing = /^attribute_not_exists\((\w+)\)$/.exec(term);
    if (missing) return old?.[missing[1]!] === undefined;
    const exists = /^attribute_exists\((\w+)\)$/.exec(term);
    if (exists) return old?.[exists[1]!] !== undefined;
    const equal = /^(\w+) = (:\w+)$/.exec(term);
    if (equal) return old?.[equal[1]!] === values?.[equal[2]!];
    throw new Error(`condition not known here: ${term}`);
  });
}

function applied(
  {
    Item,
    Key,
    UpdateExpression = '',
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values = {},
  }: Write,
  old?: Item,
): Item {
  if (Item) return structuredClone(Item);
  const item: Item = { ...Key, ...old };
  const [, verb, terms] = /^(ADD|SET|REMOVE) (.*)$/.exec(withNames(UpdateExpression, names)) ?? [];
  for (const term of terms?.split(/, (?!:)/) ?? []) {
    if (verb === 'REMOVE') {
      delete item[term];
      continue;
    }
    const [, missing, ifMissing] = /^(\w+) = if_not_exists\(\w+, (:\w+)\)$/.exec(term) ?? [];
    if (missing && ifMissing) {
      item[missing] ??= values[ifMissing];
      continue;
    }
    const [, name, value] = /^(\w+) (?:= )?(:\w+)$/.exec(term) ?? [];
    if (!name || !value) throw new Error(`update not known here: ${UpdateExpression}`);
    item[name] = verb === 'SET' ? values[value] : sum(item[name], values[value]);
  }
  return item;
}

/** An expression with the attributes' own names in place of `#name`. */
function withNames(expression: string, names: Record<string, string> = {}): string {
  return expression.replaceAll(/#\w+/g, name => names[name] ?? name);
}

function sum(a: unknown, b: unknown): number | bigint {
  const total = BigInt((a ?? 0) as number) + BigInt(b as number);
  const small = total >= BigInt(Number.MIN_SAFE_INTEGER) && total <= BigInt(Number.MAX_SAFE_INTEGER);
  return small ? Number(total) : total;
}

function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}

function cancelled(CancellationReasons: { Code: string }[]): Error {
  return Object.assign(named('TransactionCanceledException'), { CancellationReasons });
}
