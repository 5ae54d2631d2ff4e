import type { StoreContext } from '../../storage/store-context.ts';
import { OPERATION_KIND, type RunningOperation } from '../model/running-operation.ts';
import type { Path } from '../model/site.ts';
import { readRunning } from './operation-entry.ts';

/** What a reader must leave out, because an operation that runs is adding or removing it. */
export interface Hidden {
  site(siteId: string): boolean;
  endpoint(siteId: string, endpointId: string): boolean;
  /** A path is hidden with either of its sites or endpoints. */
  path(path: Path): boolean;
}

/** Another reading is needed only when one more operation ended during the last one. */
const MAX_READS = 4;

/**
 * Reads the inventory so that no reader sees half of a deletion, restore or removal
 * (docs/decisions/033): `read` strongly, then the running operations; `show` leaves out what these
 * hide. A deletion hides its site even after its end. A site that was restored, or an endpoint
 * whose id can be added again, is hidden after the end only from a reading that began before it,
 * which therefore reads once more.
 */
export async function readVisible<T, R>(
  context: StoreContext,
  read: () => Promise<T>,
  show: (value: T, hidden: Hidden) => R,
): Promise<R> {
  const over = new Set<string>();
  for (let reads = 1; ; reads++) {
    const value = await read();
    const operations = await readRunning(context);
    const ended = operations.filter(mayBeBack).filter(({ operation_id }) => !over.has(operation_id));
    if (ended.length === 0 || reads === MAX_READS) {
      return show(value, hiddenBy(operations.filter(({ operation_id }) => !over.has(operation_id))));
    }
    for (const { operation_id } of ended) over.add(operation_id);
  }
}

const mayBeBack = ({ kind, state }: RunningOperation): boolean =>
  kind !== OPERATION_KIND.deleteSite && state === 'ENDED';

function hiddenBy(operations: RunningOperation[]): Hidden {
  const hidden = new Set(
    operations.map(({ site_id, endpoint_id }) => (endpoint_id ? `${site_id}#${endpoint_id}` : site_id)),
  );
  const site = (siteId: string) => hidden.has(siteId);
  const endpoint = (siteId: string, endpointId: string) =>
    site(siteId) || hidden.has(`${siteId}#${endpointId}`);
  return {
    site,
    endpoint,
    path: path =>
      endpoint(path.source_site_id, path.source_endpoint_id) ||
      endpoint(path.destination_site_id, path.destination_endpoint_id),
  };
}
