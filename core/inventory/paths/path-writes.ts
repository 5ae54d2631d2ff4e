import type { TableNames } from '../../storage/tables.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { pathKey } from '../model/inventory-keys.ts';
import type { PathItem } from '../model/site-items.ts';

/** Takes away both copies of a path, of this revision only. */
export function deletePathCopies(tables: TableNames, path: PathItem): WriteAction[] {
  return [path.source_site_id, path.destination_site_id].map(siteId => ({
    Delete: {
      TableName: tables.network,
      Key: pathKey(siteId, path.id),
      ConditionExpression: 'rev = :rev',
      ExpressionAttributeValues: { ':rev': path.rev },
    },
  }));
}
