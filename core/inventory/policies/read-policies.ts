import { Conflict } from '../../errors.ts';
import { backoffMs } from '../../storage/backoff.ts';
import { parseItem, readItem } from '../../storage/parse-item.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { queryAll } from '../../storage/strong-reads.ts';
import { isGivenPolicyId } from './policy-id.ts';
import {
  type DefinedPolicy,
  fromItem,
  META_KEY,
  NO_POLICIES,
  POLICY_PARTITION,
  type PoliciesMeta,
  type PolicyItem,
  policiesMetaSchema,
  policyItemSchema,
} from './policy-items.ts';

export interface Policies {
  /** Raised by one with every change; 0 when there was none. */
  version: number;
  /** Without the built-in one, in no order. */
  defined: DefinedPolicy[];
}

const MAX_READS = 6;

/**
 * All policies with their exact version. A query may see half of a concurrent transaction; then it
 * is repeated, so that an edge doesn't apply old policies under a new version.
 *
 * @throws Conflict when the policies change faster than they can be read
 */
export async function readPolicies(context: StoreContext): Promise<Policies> {
  for (let attempt = 0; attempt < MAX_READS; attempt += 1) {
    const { meta, items } = await readPartition(context);
    if (isWhole(meta, items)) return { version: meta.version, defined: items.map(fromItem) };
    await context.sleep(backoffMs(attempt, context));
  }
  throw new Conflict('The policies are being changed. Try again in a moment.');
}

/** A defined policy; undefined when there is none. */
export async function readPolicy(context: StoreContext, id: string): Promise<DefinedPolicy | undefined> {
  if (!isGivenPolicyId(id)) return undefined;
  const item = await readItem(context, { pk: POLICY_PARTITION, sk: id }, policyItemSchema);
  return item && fromItem(item);
}

/** The policies' version, count and last change. */
export async function readPoliciesMeta(context: StoreContext): Promise<PoliciesMeta> {
  return (await readItem(context, META_KEY, policiesMetaSchema)) ?? NO_POLICIES;
}

async function readPartition(context: StoreContext): Promise<{ meta: PoliciesMeta; items: PolicyItem[] }> {
  const found = await queryAll(context, { pk: POLICY_PARTITION });
  const meta = found.find(item => item.sk === META_KEY.sk);
  const policies = found.filter(item => item.sk !== META_KEY.sk);
  return {
    meta: meta ? parseItem(policiesMetaSchema, meta) : NO_POLICIES,
    items: policies.map(item => parseItem(policyItemSchema, item)),
  };
}

function isWhole({ version, count, last_change }: PoliciesMeta, items: PolicyItem[]): boolean {
  if (items.length !== count || items.some(item => item.version > version)) return false;
  if (last_change === null) return true;
  const changed = items.find(item => item.sk === last_change.id);
  return last_change.deleted ? changed === undefined : changed?.version === version;
}
