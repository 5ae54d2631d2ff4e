import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { EdgeError } from '../edge/edge-error.ts';

/**
 * The name of the local system's table of this kind.
 * @throws EdgeError unless there is exactly one
 */
export async function localTable(
  client: DynamoDBDocumentClient,
  kind: 'audit' | 'network' | 'traffic',
): Promise<string> {
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  const found = TableNames.filter(name => name.toLowerCase().includes(kind));
  if (found.length === 1) return found[0]!;
  throw new EdgeError(`The local system has ${found.length} ${kind} tables: name one with --table.`);
}
