import { type Need, type Place, UnknownCall } from './need.ts';

type Values = Record<string, { S?: string }>;

interface KeyedInput {
  TableName: string;
  Key?: Values;
  Item?: Values;
}

interface QueryInput {
  TableName: string;
  IndexName?: string;
  KeyConditionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Values;
}

/** The hash key of all our tables and indexes. */
const PARTITION_KEY = 'pk';

/** The permissions for the actions of a transaction. */
const ACTIONS = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
} as const;
type Action = keyof typeof ACTIONS;
type TransactItem = Partial<Record<Action, KeyedInput>>;

/**
 * The rights that a call of DynamoDB needs. A transaction needs those of its actions and none of
 * its own; a batch needs its own and none of its puts' and deletes'.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 * @throws UnknownCall
 */
export function dynamodbNeeds(operation: string, input: unknown, place: Place): Need[] {
  const tableArn = (name: string): string =>
    name.startsWith('arn:') ? name : `arn:aws:dynamodb:${place.region}:${place.account}:table/${name}`;
  const need = (action: string, table: string, keys: string[], own_keys = keys): Need => ({
    action: `dynamodb:${action}`,
    resource: tableArn(table),
    keys,
    own_keys,
  });

  switch (operation) {
    case 'GetItem':
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem': {
      const keyed = input as KeyedInput;
      return [need(operation, keyed.TableName, [keyOf(keyed)])];
    }
    case 'Query': {
      const query = input as QueryInput;
      const [asked] = [need(operation, query.TableName, [keyOfQuery(query)])];
      const { IndexName } = query;
      return [
        IndexName === undefined ? asked : { ...asked, resource: `${asked.resource}/index/${IndexName}` },
      ];
    }
    case 'BatchGetItem': {
      const { RequestItems } = input as { RequestItems: Record<string, { Keys: Values[] }> };
      return Object.entries(RequestItems).map(([table, { Keys }]) =>
        need(operation, table, Keys.map(partitionOf)),
      );
    }
    case 'BatchWriteItem': {
      const { RequestItems } = input as {
        RequestItems: Record<string, { PutRequest?: { Item: Values }; DeleteRequest?: { Key: Values } }[]>;
      };
      return Object.entries(RequestItems).map(([table, requests]) =>
        need(
          operation,
          table,
          requests.map(({ PutRequest, DeleteRequest }) =>
            partitionOf(PutRequest?.Item ?? DeleteRequest!.Key),
          ),
        ),
      );
    }
    case 'TransactGetItems':
    case 'TransactWriteItems': {
      const { TransactItems } = input as { TransactItems: TransactItem[] };
      const actions = TransactItems.flatMap(item => Object.entries(item)) as [Action, KeyedInput][];
      const all = actions.map(([, keyed]) => keyOf(keyed));
      // One need for all actions of the same kind on a table, because a transaction can have a
      // hundred.
      const kinds = Map.groupBy(actions, ([kind, { TableName }]) => `${kind} ${TableName}`);
      return [...kinds.values()].map(same => {
        const [kind, { TableName }] = same[0]!;
        return need(
          ACTIONS[kind],
          TableName,
          all,
          same.map(([, keyed]) => keyOf(keyed)),
        );
      });
    }
    default:
      throw new UnknownCall(`dynamodb:${operation}`);
  }
}

function keyOf({ Key, Item }: KeyedInput): string {
  return partitionOf(Key ?? Item ?? {});
}

function partitionOf(item: Values): string {
  const key = item[PARTITION_KEY]?.S;
  if (key === undefined) throw new UnknownCall(`an item without the key ${PARTITION_KEY}`);
  return key;
}

/** `pk = :value` as one part of the condition, with or without a name in the place of `pk`. */
const EQUATION = /(?:^|[\s(])(#?\w+)\s*=\s*(:\w+)/g;

function keyOfQuery(query: QueryInput): string {
  const { KeyConditionExpression = '', ExpressionAttributeNames, ExpressionAttributeValues } = query;
  for (const [, name, value] of KeyConditionExpression.matchAll(EQUATION)) {
    const key = ExpressionAttributeValues?.[value!]?.S;
    if ((ExpressionAttributeNames?.[name!] ?? name) === PARTITION_KEY && key !== undefined) return key;
  }
  throw new UnknownCall(`a query by "${KeyConditionExpression}"`);
}
