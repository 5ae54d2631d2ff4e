import type { StoreContext } from '../../storage/store-context.ts';
import { OPERATION_KIND, type RunningOperation } from '../model/running-operation.ts';
import type { Path } from '../model/site.ts';
import { readRunning } from './operation-entry.ts';

/** What a reader must hide because a running operation adds or removes it. */
export interface Hidden {
  site(siteId: string): boolean;
  endpoint(siteId: string, endpointId: string): boolean;
  /** A path is hidden with either of its sites or endpoints. */
  path(path: Path): boolean;
}

/** At most so many readings: each further one needs another operation that ended meanwhile. */
const MAX_READS = 4;

/**
 * Reads the inventory so that a reader never sees half of a deletion, restore or removal
 * (docs/decisions/033): it calls `read`, which reads strongly, then reads the running operations.
 * `show` omits what these hide. A deletion hides its site for as long as its entry exists. After
 * the end of any other operation the site or endpoint may be there again; a reading that saw such
 * an entry is repeated once, and then the entry hides nothing.
 */
export async function readVisible<T, R>(
  context: StoreContext,
  read: () => Promise<T>,
  show: (value: T, hidden: Hidden) => R,
): Promise<R> {
  const seenEnded = new Set<string>();
  for (let reads = 1; ; reads++) {
    const value = await read();
    const operations = await readRunning(context);
    const ended = operations.filter(mayBeBack).filter(({ operation_id }) => !seenEnded.has(operation_id));
    if (ended.length === 0 || reads === MAX_READS) {
      return show(value, hiddenBy(operations.filter(({ operation_id }) => !seenEnded.has(operation_id))));
    }
    for (const { operation_id } of ended) seenEnded.add(operation_id);
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
