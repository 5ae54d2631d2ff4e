import { quoted } from '../../core/errors.ts';
import { DEFAULT_POLICY_ID } from '../../core/policy/policy.ts';
import type { FileNetwork, Problem } from './network-model.ts';

/** Ambiguous names in a file: the problems of items that are named twice. */
export function checkNames({ policies = [], sites = [], paths = [], edges = [] }: FileNetwork): Problem[] {
  return [
    ...policies.flatMap(({ id }, index) =>
      id === DEFAULT_POLICY_ID
        ? [
            {
              path: ['policies', index, 'id'],
              message: `The policy ${DEFAULT_POLICY_ID} is built in: leave it out here, and set its routing in default_routing.`,
            },
          ]
        : [],
    ),
    ...twice(policies, ({ id }) => id, { section: ['policies'], field: 'id', noun: 'policy' }),
    ...sameNames(policies, { section: ['policies'], noun: 'policies' }),
    ...twice(sites, ({ id }) => id, { section: ['sites'], field: 'id', noun: 'site' }),
    ...sameNames(sites, { section: ['sites'], noun: 'sites' }),
    ...sites.flatMap(({ endpoints = [] }, index) =>
      twice(endpoints, ({ id }) => id, {
        section: ['sites', index, 'endpoints'],
        field: 'id',
        noun: 'endpoint',
      }),
    ),
    ...twice(paths, ({ id }) => id, { section: ['paths'], field: 'id', noun: 'path' }),
    ...twice(
      paths.map(({ id, from, to }) => ({
        key: id === undefined ? `${from.site}/${from.endpoint_id} → ${to.site}/${to.endpoint_id}` : undefined,
      })),
      ({ key }) => key,
      { section: ['paths'], field: 'from', noun: 'path' },
    ),
    ...paths.flatMap(({ from, to }, index) =>
      from.site === to.site
        ? [{ path: ['paths', index, 'to'], message: 'A path leads from one site to another.' }]
        : [],
    ),
    ...twice(edges, ({ id }) => id, { section: ['edges'], field: 'id', noun: 'edge' }),
  ];
}

function twice<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string | undefined,
  { section, field, noun }: { section: PropertyKey[]; field: string; noun: string },
): Problem[] {
  const seen = new Set<string>();
  return items.flatMap((item, index) => {
    const key = keyOf(item);
    if (key === undefined) return [];
    if (seen.has(key)) {
      return [{ path: [...section, index, field], message: `The ${noun} ${quoted(key)} occurs twice.` }];
    }
    seen.add(key);
    return [];
  });
}

/** Several items may share a name if each has an id. */
function sameNames(
  items: readonly { id?: string | undefined; name: string }[],
  { section, noun }: { section: PropertyKey[]; noun: string },
): Problem[] {
  const byName = Map.groupBy(
    items.map((item, index) => ({ ...item, index })),
    ({ name }) => name,
  );
  return [...byName].flatMap(([name, same]) =>
    same.length > 1 && same.some(({ id }) => id === undefined)
      ? same.slice(1).map(({ index }) => ({
          path: [...section, index, 'name'],
          message: `${same.length} ${noun} are named ${quoted(name)}: give each of them its id, or another name.`,
        }))
      : [],
  );
}
