/**
 * Whether a selection holds nothing but `fields` under `path` (`''` for the top), so that the rest
 * needn't be read. Anything unknown, such as an alias, counts as selected; an empty selection says
 * nothing and counts as all.
 */
export function selectsOnly(selection: string[], path: string, fields: readonly string[]): boolean {
  if (selection.length === 0) return false;
  const prefix = path === '' ? '' : `${path}/`;
  return selection
    .filter(selected => selected.startsWith(prefix))
    .every(selected => fields.includes(selected.slice(prefix.length).split('/')[0]!));
}
