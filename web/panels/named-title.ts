/**
 * A sentence about a target, such as "Path 46f8….b1ad is degraded.", with its name instead of its
 * id, if it has one.
 */
export function namedTitle(title: string, target: string | null, name: string | null): string {
  if (target === null || name === null) return title;
  const id = target.slice(target.indexOf(':') + 1);
  return id === '' ? title : title.replace(id, () => name);
}
