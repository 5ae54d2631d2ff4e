import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Effect, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** Reads by key, and the condition of a transaction. No function needs Scan. */
export type Read = 'GetItem' | 'BatchGetItem' | 'Query' | 'ConditionCheckItem';
const WRITE = ['PutItem', 'UpdateItem', 'DeleteItem'] as const;
type Write = (typeof WRITE)[number];

/*
 * AWS does not document which keys are compared with a policy's leading keys if a transaction mixes
 * partitions. So no function writes in a transaction by a grant on leading keys: grants are on
 * tables, and partitions that a function must never write are denied. A denial names only keys that
 * no transaction of that function contains, so that it has no other effect (docs/decisions/135).
 */

// ForAllValues is also true for a request without keys: this condition excludes that case.
const WITH_KEYS = { Null: { 'dynamodb:LeadingKeys': 'false' } };

/** Grants the read operations that the function uses. */
export function grantRead(table: Table, to: IGrantable, reads: readonly Read[]): void {
  allow(to, reads, table);
}

/** Partitions of the Network table with the secrets of webhooks. */
const SECRETS = ['SECRET#*'];

/** Grants reads of the Network table, except for the secrets. */
export function grantReadNetwork(network: Table, to: IGrantable, reads: readonly Read[]): void {
  grantRead(network, to, reads);
  // A condition reveals no data of an item.
  const revealing = reads.filter(read => read !== 'ConditionCheckItem');
  deny(to, revealing, { table: network, partitions: SECRETS });
}

/** Grants puts and updates, for functions that never delete. */
export function grantPutAndUpdate(table: Table, to: IGrantable): void {
  allow(to, ['PutItem', 'UpdateItem'], table);
}

/**
 * Grants writes to these partitions by operation, for a function that writes items one by one. A
 * `*` at the end matches anything.
 */
export function grantWriteAmong(
  table: Table,
  to: IGrantable,
  among: Partial<Record<Write, readonly string[]>>,
): void {
  for (const [operation, partitions] of Object.entries(among))
    allowAmong(to, [operation], { table, partitions });
}

/** Grants batches of puts, for tables without audit entries, because a batch can also delete. */
export function grantBatchPut(table: Table, to: IGrantable): void {
  allow(to, ['BatchWriteItem', 'PutItem'], table);
}

/**
 * Grants appending to the audit log: no function may do more in its table. Functions query their
 * own receipts after a lost answer.
 */
export function grantAppend(audit: Table, to: IGrantable): void {
  allow(to, ['PutItem', 'Query'], audit);
}

/** Grants queries of the audit log. */
export function grantQuery(audit: Table, to: IGrantable): void {
  allow(to, ['Query'], audit);
}

/**
 * Grants puts, updates and deletes, also in transactions, except in these partitions.
 * BatchWriteItem is not granted, because its deletes need no permission for DeleteItem.
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
 * Grants writes in the Network table, except to the audit entries of earlier releases, which no
 * function may change.
 */
export function grantWriteNetwork(network: Table, to: IGrantable): void {
  grantWriteExcept(network, to, { except: ['AUDIT#*'] });
}

/** Grants the use of the caches: entries, generations and usage figures. */
export function grantCaching(table: Table, to: IGrantable): void {
  allow(to, ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem'], table);
}

/**
 * Grants the maintenance of the caches: figures over time, and the removal of expired entries,
 * which the index finds.
 */
export function grantCacheUpkeep(table: Table, to: IGrantable): void {
  allow(to, ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'], table);
  to.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({ actions: ['dynamodb:Query'], resources: [`${table.tableArn}/index/*`] }),
  );
}

/**
 * Grants the invalidation of caches, for functions that change the cached data's sources and have
 * no cache themselves. Entries of caches are `ENTRY#<cache>#<generation>…`, receipts of the audit
 * log, which are in the same transaction, are `ENTRY#<id>`.
 */
export function grantInvalidation(table: Table, to: IGrantable): void {
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
