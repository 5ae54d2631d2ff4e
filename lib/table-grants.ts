import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';

const READ = ['GetItem', 'BatchGetItem', 'Query', 'ConditionCheckItem'];
const AUDIT_KEYS = 'AUDIT#*';

// ForAllValues holds for a request without keys too: this closes that case.
const WITH_KEYS = { Null: { 'dynamodb:LeadingKeys': 'false' } };

/** Consistent reads by key; no Scan, which no function needs. */
export function grantRead(table: Table, to: IGrantable): void {
  allow(to, READ, table);
}

/** Puts and updates, for tables and functions where nothing is ever deleted. */
export function grantPutAndUpdate(table: Table, to: IGrantable): void {
  allow(to, ['PutItem', 'UpdateItem'], table);
}

/** Puts and updates in these partitions only, for a function that may read the rest. A `*` at the end stands for anything. */
export function grantPutAndUpdateAmong(table: Table, to: IGrantable, partitions: readonly string[]): void {
  allowAmong(to, ['PutItem', 'UpdateItem'], { table, partitions });
}

/** Deletes in these partitions only. A `*` at the end stands for anything. */
export function grantDeleteAmong(table: Table, to: IGrantable, partitions: readonly string[]): void {
  allowAmong(to, ['DeleteItem'], { table, partitions });
}

/** Puts many items a call, for the tables that hold no audit entries: a batch may delete too. */
export function grantBatchPut(table: Table, to: IGrantable): void {
  allow(to, ['BatchWriteItem', 'PutItem'], table);
}

/**
 * Puts anywhere, updates and deletes anywhere but among the audit entries: those can only be added. BatchWriteItem is left
 * out, because its deletes are not asked for DeleteItem.
 */
export function grantWriteExceptAudit(table: Table, to: IGrantable): void {
  allow(to, ['PutItem'], table);
  to.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({
      actions: ['dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
      resources: [table.tableArn],
      conditions: {
        'ForAllValues:StringNotLike': { 'dynamodb:LeadingKeys': [AUDIT_KEYS] },
        Null: { 'dynamodb:LeadingKeys': 'false' },
      },
    }),
  );
}

/** All that a function does with the caches: entries, generations, figures, and the index by expiry. */
export function grantCaching(table: Table, to: IGrantable): void {
  allow(to, [...READ, 'PutItem', 'UpdateItem', 'DeleteItem'], table);
  to.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({ actions: ['dynamodb:Query'], resources: [`${table.tableArn}/index/*`] }),
  );
}

/** Has caches forget what they hold, for functions that change what it was made from and have no cache themselves. */
export function grantForgetting(table: Table, to: IGrantable): void {
  to.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({
      actions: ['dynamodb:UpdateItem'],
      resources: [table.tableArn],
      conditions: {
        'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['GENERATION'] },
        ...WITH_KEYS,
      },
    }),
  );
}

/** Puts in partitions with these beginnings only. */
export function grantPutUnder(table: Table, to: IGrantable, prefixes: readonly string[]): void {
  to.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({
      actions: ['dynamodb:PutItem'],
      resources: [table.tableArn],
      conditions: {
        'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': prefixes.map(prefix => `${prefix}*`) },
        ...WITH_KEYS,
      },
    }),
  );
}

function allow(to: IGrantable, operations: string[], table: Table): void {
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
