import type { UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import type { ItemKey } from './item.ts';

/** The condition of a write on an item. */
export interface ItemCondition {
  /**
   * In DynamoDB's language. `#name` is the attribute of that name, `:name` one of `values`. Always
   * write `#name`, which also works for reserved words.
   */
  expression: string;
  values?: Record<string, unknown>;
}

/** A change of one item. Attributes that are undefined in `set` are left as they are. */
export interface ItemUpdate {
  table: string;
  key: ItemKey;
  set?: Record<string, unknown>;
  /** Numbers to add; a missing attribute counts as 0. */
  add?: Record<string, number | bigint>;
  remove?: readonly string[];
  condition?: ItemCondition;
}

/**
 * The input of an UpdateItem, or of an Update in a transaction.
 *
 * @example
 * updateItem({ table, key, set: { status: 'DONE' }, condition: { expression: '#status = :was',
 * values: { was: 'RUNNING' } } })
 */
export function updateItem({ table, key, set = {}, add = {}, remove = [], condition }: ItemUpdate) {
  const sets = Object.entries(set).filter(([, value]) => value !== undefined);
  const adds = Object.entries(add);
  const clauses = [
    clause(
      'SET',
      sets.map(([name]) => `#${name} = :set_${name}`),
    ),
    clause(
      'REMOVE',
      remove.map(name => `#${name}`),
    ),
    clause(
      'ADD',
      adds.map(([name]) => `#${name} :add_${name}`),
    ),
  ];
  const values = {
    ...Object.fromEntries(sets.map(([name, value]) => [`:set_${name}`, value])),
    ...Object.fromEntries(adds.map(([name, value]) => [`:add_${name}`, value])),
    ...conditionValues(condition),
  };
  const names = [...sets.map(([name]) => name), ...remove, ...adds.map(([name]) => name)];
  return {
    TableName: table,
    Key: key,
    UpdateExpression: clauses.filter(text => text !== '').join(' '),
    ...(condition && { ConditionExpression: condition.expression }),
    ExpressionAttributeNames: { ...attributeNames(names), ...conditionNames(condition) },
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  } satisfies UpdateCommandInput;
}

/** The fields of a Put, a Delete or a ConditionCheck for its condition. */
export function conditionOf(condition: ItemCondition) {
  const names = conditionNames(condition);
  const values = conditionValues(condition);
  return {
    ConditionExpression: condition.expression,
    ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  };
}

function clause(word: string, terms: string[]): string {
  return terms.length === 0 ? '' : `${word} ${terms.join(', ')}`;
}

function attributeNames(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map(name => [`#${name}`, name]));
}

function conditionNames(condition: ItemCondition | undefined): Record<string, string> {
  const used = condition?.expression.matchAll(/#(\w+)/g) ?? [];
  return attributeNames(Array.from(used, ([, name]) => name!));
}

function conditionValues({ values = {} }: Partial<ItemCondition> = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value]));
}
