import type { Endpoint, FileSite, SystemNetwork, SystemPath } from '../network-model.ts';
import { difference } from './difference.ts';
import type { Call, PlanContext, Step } from './plan.ts';

/** Steps for endpoints. */
export interface EndpointSteps {
  steps: Step[];
  /** Steps that must come last: endpoints that are only removed. */
  removals: Step[];
  /** Paths that are removed with replaced endpoints, and must be created again. */
  replaced: Set<SystemPath>;
}

/** Plans the endpoints of each site. */
export function endpointSteps({ file, system, matched, texts }: PlanContext): EndpointSteps {
  const steps: Step[] = [];
  const removals: Step[] = [];
  const replaced = new Set<SystemPath>();
  for (const site of file.sites ?? []) {
    const present = matched.sites.presentOf.get(site);
    const matches = matched.endpoints.get(site);
    const added: Step[] = [];
    const taken = new Set((site.endpoints ?? []).map(({ address }) => address));
    for (const endpoint of site.endpoints ?? []) {
      const title = texts.endpoint(site, endpoint.id);
      const before = matches?.presentOf.get(endpoint);
      const add = addCall(site, endpoint);
      if (!before) {
        added.push({ kind: 'create', title, details: texts.fields(endpointFields(endpoint)), calls: [add] });
        continue;
      }
      const changed = difference(before, endpointFields(endpoint));
      if (changed.length === 0) continue;
      const along = pathsAt(system, present!.id, endpoint.id);
      for (const path of along) replaced.add(path);
      const details = [...texts.changes(changed), ...texts.alsoRemoves(along)];
      steps.push({ kind: 'replace', title, details, calls: [removeCall(present!.id, endpoint.id), add] });
    }
    for (const { id, address } of matches?.left ?? []) {
      const along = pathsAt(system, present!.id, id).filter(path => !replaced.has(path));
      const title = texts.endpoint(present!, id);
      const step: Step = {
        kind: 'delete',
        title,
        details: texts.alsoRemoves(along),
        calls: [removeCall(present!.id, id)],
      };
      // Another endpoint gets its address, so it must be removed first.
      if (taken.has(address)) {
        for (const path of along) replaced.add(path);
        steps.push(step);
      } else removals.push(step);
    }
    steps.push(...added);
  }
  return { steps, removals, replaced };
}

const endpointFields = ({ address, interface_type, cost_per_gb, reachable }: Endpoint) => ({
  address,
  interface_type,
  cost_per_gb,
  ...(reachable !== undefined && { reachable }),
});

function addCall(site: FileSite, endpoint: Endpoint): Call {
  const fields = { endpoint_id: endpoint.id, ...endpointFields(endpoint) };
  return { name: 'addEndpoint', arguments: ids => ({ site_id: ids.get(site)!, ...fields }) };
}

function removeCall(site_id: string, endpoint_id: string): Call {
  return { name: 'removeEndpoint', arguments: () => ({ site_id, endpoint_id }) };
}

function pathsAt({ paths }: SystemNetwork, site_id: string, endpoint_id: string): SystemPath[] {
  return paths.filter(({ from, to }) =>
    [from, to].some(end => end.site_id === site_id && end.endpoint_id === endpoint_id),
  );
}
