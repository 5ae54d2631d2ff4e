import { Conflict } from '../../errors.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { queryAll } from '../../storage/strong-reads.ts';
import { PATH_PREFIX, sitePartition } from '../model/inventory-keys.ts';
import type { Path } from '../model/site.ts';
import { toPath } from '../model/site-items.ts';

type Ends = Omit<Path, 'id' | 'created_at'>;

/**
 * Refuses a path that exists already: one between these endpoints over the same interface, in
 * either direction. Call it after the sites were read: the transaction fails when either got a path
 * since.
 *
 * @throws Conflict
 */
export async function refuseSamePath(context: StoreContext, path: Ends): Promise<void> {
  const { source_site_id, destination_site_id } = path;
  // A path's id begins with its source site. So the copies in the other site's partition with that
  // prefix are the paths of this direction.
  const [there, back] = await Promise.all([
    queryAll(context, {
      pk: sitePartition(destination_site_id),
      prefix: `${PATH_PREFIX}${source_site_id}.`,
    }),
    queryAll(context, {
      pk: sitePartition(source_site_id),
      prefix: `${PATH_PREFIX}${destination_site_id}.`,
    }),
  ]);
  const same =
    there.map(toPath).find(other => isSame(other, path)) ??
    back.map(toPath).find(other => isSame(other, reversed(path)));
  if (!same) return;
  const over = path.wg_interface === null ? '' : ` over ${path.wg_interface}`;
  throw new Conflict(
    `Path ${same.id} connects endpoint ${path.source_endpoint_id} of site ${source_site_id} with endpoint ${path.destination_endpoint_id} of site ${destination_site_id}${over} already.`,
  );
}

const isSame = (one: Ends, other: Ends): boolean =>
  one.source_endpoint_id === other.source_endpoint_id &&
  one.destination_endpoint_id === other.destination_endpoint_id &&
  one.wg_interface === other.wg_interface;

const reversed = ({ wg_interface, ...ends }: Ends): Ends => ({
  source_site_id: ends.destination_site_id,
  source_endpoint_id: ends.destination_endpoint_id,
  destination_site_id: ends.source_site_id,
  destination_endpoint_id: ends.source_endpoint_id,
  wg_interface,
});
