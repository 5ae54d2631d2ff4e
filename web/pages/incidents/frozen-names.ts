/** The names of objects when the incident was frozen; their ids if they had no name. */
export interface FrozenNames {
  policy(id: string): string;
  site(id: string): string;
  /** By path id. */
  paths: ReadonlyMap<string, string>;
}

export function namesOf(names: readonly { target: string; name: string }[]): FrozenNames {
  const byTarget = new Map(names.map(({ target, name }) => [target, name]));
  const paths = names.flatMap(({ target, name }) =>
    target.startsWith('path:') ? [[target.slice('path:'.length), name] as const] : [],
  );
  return {
    policy: id => byTarget.get(`policy:${id}`) ?? id,
    site: id => byTarget.get(`site:${id}`) ?? id,
    paths: new Map(paths),
  };
}
