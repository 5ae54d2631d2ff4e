import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Effect, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** Reads by key, and the condition of a transaction. No Scan, which no function needs. */
export type Read = 'GetItem' | 'BatchGetItem' | 'Query' | 'ConditionCheckItem';
const WRITE = ['PutItem', 'UpdateItem', 'DeleteItem'] as const;
type Write = (typeof WRITE)[number];

/*
 * Which keys a transaction's actions are judged by, where it mixes partitions, is nowhere promised.
 * So no function writes by a grant on leading keys in a transaction: grants are on tables, and what
 * a function may never write is denied. A denial names keys that stand in no transaction of that
 * function, so that it can hit nothing else (docs/decisions/135).
 */

// ForAllValues holds for a request without keys too: this closes that case.
const WITH_KEYS = { Null: { 'dynamodb:LeadingKeys': 'false' } };

/** Consistent reads: those that the function makes. */
export function grantRead(table: Table, to: IGrantable, reads: readonly Read[]): void {
  allow(to, reads, table);
}

/** Partitions of the Network table with what webhooks are signed with. */
const SECRETS = ['SECRET#*'];

/** Reads of the Network table, but not of the secrets. */
export function grantReadNetwork(network: Table, to: IGrantable, reads: readonly Read[]): void {
  grantRead(network, to, reads);
  // A condition gives nothing of an item out.
  const giving = reads.filter(read => read !== 'ConditionCheckItem');
  deny(to, giving, { table: network, partitions: SECRETS });
}

/** Puts and updates, for tables and functions where nothing is ever deleted. */
export function grantPutAndUpdate(table: Table, to: IGrantable): void {
  allow(to, ['PutItem', 'UpdateItem'], table);
}

/**
 * By operation: the partitions that it may write in, for a function that may read the rest and
 * writes items one by one. A `*` at the end stands for anything.
 */
export function grantWriteAmong(
  table: Table,
  to: IGrantable,
  among: Partial<Record<Write, readonly string[]>>,
): void {
  for (const [operation, partitions] of Object.entries(among))
    allowAmong(to, [operation], { table, partitions });
}

/** Puts many items a call, for the tables that hold no audit entries: a batch may delete too. */
export function grantBatchPut(table: Table, to: IGrantable): void {
  allow(to, ['BatchWriteItem', 'PutItem'], table);
}

/**
 * Appends to the audit log: no function may do more in its table. Its own receipts are queried
 * after a lost answer.
 */
export function grantAppend(audit: Table, to: IGrantable): void {
  allow(to, ['PutItem', 'Query'], audit);
}

/** Queries the audit log. */
export function grantQuery(audit: Table, to: IGrantable): void {
  allow(to, ['Query'], audit);
}

/**
 * Puts, updates and deletes one by one and in transactions, but nowhere in these partitions.
 * BatchWriteItem is left out, because its deletes are not asked for DeleteItem.
 */
export function grantWriteExcept(
  table: Table,
  to: IGrantable,
  { operations = WRITE, except }: { operations?: readonly Write[]; except: readonly string[] },
): void {
  allow(to, operations, table);
  deny(to, operations, { table, partitions: except });
}

/**
 * Writes in the Network table, where entries of earlier releases stand that no function may change.
 */
export function grantWriteNetwork(network: Table, to: IGrantable): void {
  grantWriteExcept(network, to, { except: ['AUDIT#*'] });
}

/** What a function does that has the caches itself: entries, generations and figures of use. */
export function grantCaching(table: Table, to: IGrantable): void {
  allow(to, ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem'], table);
}

/**
 * Upkeep of the caches: figures over time, and the removal of expired entries, found by the index.
 */
export function grantCacheUpkeep(table: Table, to: IGrantable): void {
  allow(to, ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'], table);
  to.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({ actions: ['dynamodb:Query'], resources: [`${table.tableArn}/index/*`] }),
  );
}

/**
 * Has caches forget what they hold, for functions that change what it was made from and have no
 * cache themselves. Entries of caches are `ENTRY#<cache>#<generation>…`, receipts of the audit log,
 * which stand in the same transaction, are `ENTRY#<id>`.
 */
export function grantForgetting(table: Table, to: IGrantable): void {
  grantWriteExcept(table, to, { operations: ['UpdateItem'], except: ['ENTRY#*#*', 'USAGE'] });
}

function deny(
  to: IGrantable,
  operations: readonly string[],
  { table, partitions }: { table: Table; partitions: readonly string[] },
): void {
  to.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({
      effect: Effect.DENY,
      actions: operations.map(operation => `dynamodb:${operation}`),
      resources: [table.tableArn],
      conditions: { 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': partitions } },
    }),
  );
}

function allow(to: IGrantable, operations: readonly string[], table: Table): void {
  to.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({
      actions: operations.map(operation => `dynamodb:${operation}`),
      resources: [table.tableArn],
    }),
  );
}

function allowAmong(
  to: IGrantable,
  operations: readonly string[],
  { table, partitions }: { table: Table; partitions: readonly string[] },
): void {
  to.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({
      actions: operations.map(operation => `dynamodb:${operation}`),
      resources: [table.tableArn],
      conditions: {
        'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions },
        ...WITH_KEYS,
      },
    }),
  );
}
