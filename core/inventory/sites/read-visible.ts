import type { StoreContext } from '../../storage/store-context.ts';
import { queryAll } from '../../storage/strong-reads.ts';
import { RUNNING_PARTITION } from '../model/inventory-keys.ts';
import { OPERATION_KIND, type RunningOperation } from '../model/running-operation.ts';
import type { Path } from '../model/site.ts';

/** What a reader must leave out because it is coming or going. */
export interface Hidden {
  site(siteId: string): boolean;
  endpoint(siteId: string, endpointId: string): boolean;
  /** A path is hidden with either of its sites or endpoints. */
  path(path: Path): boolean;
}

/** Only something new ended during each reading asks for another one. */
const MAX_READS = 4;

/**
 * Reads the inventory so that nobody sees half of a deletion or restore (docs/decisions/033): `read` strongly, then the
 * running deletions, and `show` leaves out what they hide. A deletion's entry hides its site even after its end. What was
 * restored, or can be added again, is hidden after the end from those only who began before it: who can't know reads again.
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
    const news = operations.filter(mayBeBack).filter(({ operation_id }) => !over.has(operation_id));
    if (news.length === 0 || reads === MAX_READS) {
      return show(value, hiddenBy(operations.filter(({ operation_id }) => !over.has(operation_id))));
    }
    for (const { operation_id } of news) over.add(operation_id);
  }
}

/** The running deletions, restores and removals, and those that ended a short while ago. */
export async function readRunning(context: StoreContext): Promise<RunningOperation[]> {
  return (await queryAll(context, { pk: RUNNING_PARTITION })) as unknown as RunningOperation[];
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
