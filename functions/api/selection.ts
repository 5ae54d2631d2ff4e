/**
 * Whether a selection contains only `fields` under `path` (`''` for the top), so that other fields
 * needn't be read. Unknown names, such as aliases, count as selected; an empty selection counts as
 * everything.
 */
export function selectsOnly(selection: string[], path: string, fields: readonly string[]): boolean {
  if (selection.length === 0) return false;
  const prefix = path === '' ? '' : `${path}/`;
  return selection
    .filter(selected => selected.startsWith(prefix))
    .every(selected => fields.includes(selected.slice(prefix.length).split('/')[0]!));
}
