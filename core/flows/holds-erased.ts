import type { ErasedAddresses } from './erased-addresses.ts';
import { readBucket, readIndex } from './flow-index.ts';
import type { FlowObjects } from './flow-objects.ts';
import { reportsOf } from './lines-of-object.ts';
import type { StoredObject } from './read-hour.ts';

/**
 * Whether an object still contains an erased line. Merged objects are searched through their index,
 * bucket by bucket. An object that no longer exists contains none.
 */
export async function holdsErased(
  objects: FlowObjects,
  object: StoredObject,
  { erased, addresses }: { erased: ErasedAddresses; addresses: readonly string[] },
): Promise<boolean> {
  const { key, generation } = object;
  const index = generation > 0 ? await readIndex(objects, key) : undefined;
  if (!index) return bodyHolds(await objects.get(key), erased);
  for (const address of addresses) {
    const bucket = await readBucket(objects, { key, index, address });
    if (await bodyHolds(bucket ?? (await objects.get(key)), erased)) return true;
  }
  return false;
}

async function bodyHolds(body: Uint8Array | undefined, erased: ErasedAddresses): Promise<boolean> {
  if (!body || body.length === 0) return false;
  for await (const reports of reportsOf(body)) {
    for (const lines of reports) {
      const arrived_ms = Date.parse(lines[0]!.arrived_at);
      if (lines.some(line => erased.has(line, arrived_ms))) return true;
    }
  }
  return false;
}
