import { difference } from './difference.ts';
import type { Call, PlanContext, Step } from './plan.ts';

/** Steps for new and changed sites. */
export function siteSteps({ file, matched, texts }: PlanContext): Step[] {
  return (file.sites ?? []).flatMap((site): Step[] => {
    const { name, location, public_key } = site;
    const title = texts.site(site);
    const present = matched.sites.presentOf.get(site);
    if (!present) {
      const call: Call = {
        name: 'createSite',
        arguments: () => ({ name, location, public_key }),
        makes: site,
      };
      return [{ kind: 'create', title, details: texts.fields({ location, public_key }), calls: [call] }];
    }
    const changed = difference(present, { name, location, public_key });
    if (changed.length === 0) return [];
    const patch = Object.fromEntries(changed.map(([key, , after]) => [key, after]));
    const call: Call = { name: 'updateSite', arguments: () => ({ site_id: present.id, ...patch }) };
    return [{ kind: 'change', title: texts.site(present), details: texts.changes(changed), calls: [call] }];
  });
}
