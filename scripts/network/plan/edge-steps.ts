import type { SiteRef } from '../match-network.ts';
import type { Change } from '../network-model.ts';
import { difference } from './difference.ts';
import { type Call, type PlanContext, type Step, siteId } from './plan.ts';

/** Steps for new and changed edges. */
export function edgeSteps({ file, matched, texts }: PlanContext): Step[] {
  return (file.edges ?? []).flatMap((edge): Step[] => {
    const { id, interval_s } = edge;
    const title = `edge "${id}"`;
    // A deleted site is referred to by its id.
    const ref: SiteRef = matched.siteOf(edge.site) ?? { id: edge.site.toLowerCase() };
    const register: Call = {
      name: 'registerEdge',
      arguments: ids => ({ id, site_id: siteId(ref, ids), ...(interval_s !== undefined && { interval_s }) }),
    };
    const present = matched.edges.presentOf.get(edge);
    const after = { site: edge.site, ...(interval_s !== undefined && { interval_s }) };
    if (!present) return [{ kind: 'create', title, details: texts.fields(after), calls: [register] }];
    const isMoved = matched.idOf(ref) !== present.site_id;
    const changed = [
      ...(isMoved ? [['site', texts.siteName(present.site_id), edge.site] as Change] : []),
      ...(interval_s === undefined ? [] : difference(present, { interval_s })),
    ];
    if (changed.length === 0) return [];
    return [{ kind: 'change', title, details: texts.changes(changed), calls: [register] }];
  });
}
