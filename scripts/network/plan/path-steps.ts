import type { MatchedNetwork } from '../match-network.ts';
import type { FilePath, SystemPath } from '../network-model.ts';
import { difference } from './difference.ts';
import { type Call, type PlanContext, type Step, siteId } from './plan.ts';
import { isRemovedAnyway } from './removal-steps.ts';

/**
 * Steps for new and changed paths. Paths that are removed with a replaced endpoint are created
 * again, also if the file has no section for paths.
 */
export function pathSteps(context: PlanContext, replaced: ReadonlySet<SystemPath>): Step[] {
  const { file, matched, texts } = context;
  if (!file.paths) {
    const isRemoved = isRemovedAnyway(context);
    return [...replaced]
      .filter(path => !isRemoved(path))
      .map(path => ({
        kind: 'create',
        title: texts.systemPath(path),
        details: texts.fields({ wg_interface: path.wg_interface }),
        calls: [
          {
            name: 'createPath',
            arguments: () => ({
              source_site_id: path.from.site_id,
              source_endpoint_id: path.from.endpoint_id,
              destination_site_id: path.to.site_id,
              destination_endpoint_id: path.to.endpoint_id,
              wg_interface: path.wg_interface,
            }),
          },
        ],
      }));
  }
  return file.paths.flatMap((path): Step[] => {
    const present = matched.paths.presentOf.get(path);
    const create = createPathCall(path, matched);
    const title = texts.path(path);
    const details = texts.fields({ wg_interface: path.wg_interface });
    if (!present || replaced.has(present)) return [{ kind: 'create', title, details, calls: [create] }];
    const changed = difference(present, { wg_interface: path.wg_interface });
    if (changed.length === 0) return [];
    const remove: Call = { name: 'deletePath', arguments: () => ({ path_id: present.id }) };
    return [{ kind: 'replace', title, details: texts.changes(changed), calls: [remove, create] }];
  });
}

function createPathCall({ from, to, wg_interface }: FilePath, { siteOf }: MatchedNetwork): Call {
  const [source, destination] = [siteOf(from.site)!, siteOf(to.site)!];
  return {
    name: 'createPath',
    arguments: ids => ({
      source_site_id: siteId(source, ids),
      source_endpoint_id: from.endpoint_id,
      destination_site_id: siteId(destination, ids),
      destination_endpoint_id: to.endpoint_id,
      wg_interface,
    }),
  };
}
