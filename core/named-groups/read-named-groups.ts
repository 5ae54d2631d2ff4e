import { NotFound, quoted } from '../errors.ts';
import { parseItem } from '../storage/parse-item.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { queryAll } from '../storage/strong-reads.ts';
import { GROUP_PARTITION, type NamedGroup, namedGroupItem } from './named-group.ts';

/** All groups, by name. */
export async function readNamedGroups(context: StoreContext): Promise<NamedGroup[]> {
  const items = await queryAll(context, { pk: GROUP_PARTITION });
  return items.map(item => {
    const { revision, ...group } = parseItem(namedGroupItem, item);
    return group;
  });
}

/** @throws NotFound */
export function noGroup(name: string): NotFound {
  return new NotFound(`There is no group ${quoted(name)}: the query namedGroups lists those that exist.`);
}
