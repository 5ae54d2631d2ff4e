import type { GraphqlClient } from '../../core/appsync/graphql-client.ts';
import { EdgeError } from '../edge-error.ts';
import { readPoliciesFile } from '../policies/policies-file.ts';
import { NO_POLICIES, type PolicySet } from '../policies/policy-set.ts';
import { readSystemPolicies } from '../policies/system-policies.ts';
import type { KeptSystem } from '../spool/kept-system.ts';
import type { CountingSessionOptions } from './counting-session-options.ts';

interface Sources {
  graphql: GraphqlClient | undefined;
  /** Undefined if the run can be repeated: then it requires the system's answer. */
  kept: KeptSystem | undefined;
}

/**
 * The policies of a run: those of its file, else the system's, else the last ones that were read
 * from the system.
 *
 * @throws EdgeError if none can be read
 */
export async function choosePolicies(
  { policies, dry_run, say }: CountingSessionOptions,
  { graphql, kept }: Sources,
): Promise<PolicySet> {
  if (policies) return readPoliciesFile(policies.path, policies.shownAs);
  if (!graphql) {
    say('There is no policies file and no system: everything counts under "default".');
    return NO_POLICIES;
  }
  try {
    const read = await readSystemPolicies(graphql);
    kept?.keepPolicies(read);
    return read;
  } catch (cause) {
    if (!(cause instanceof EdgeError)) throw cause;
    const last = kept?.values.policies;
    if (last) {
      say(
        `${cause.message} Until it answers, this edge counts by the policies that it read at ${last.read_at} (version ${last.version}).`,
      );
      return { version: last.version, policies: last.policies };
    }
    if (!dry_run) throw cause;
    say(`${cause.message} Everything counts under "default".`);
    return NO_POLICIES;
  }
}
