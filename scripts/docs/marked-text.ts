/**
 * Text in which each part between `<!-- made: NAME -->` and `<!-- end -->` is replaced by the part
 * of that name. The rest of the text, which people write, stays as it is.
 * @throws Error when a name has no part, a part is in no place, or a mark has no end
 */
export function fillMarked(text: string, parts: Record<string, string>): string {
  const filled = new Set<string>();
  const result = text.replaceAll(/<!-- made: ([\w-]+) -->\n.*?<!-- end -->/gs, (_, name: string) => {
    const part = parts[name];
    if (part === undefined) throw new Error(`No generator makes the part "${name}" of the text.`);
    filled.add(name);
    return `<!-- made: ${name} -->\n\n${part}\n\n<!-- end -->`;
  });
  const marks = [...text.matchAll(/<!-- made: /g)].length;
  const missing = Object.keys(parts).filter(name => !filled.has(name));
  if (missing.length > 0) throw new Error(`The text has no place for ${missing.join(', ')}.`);
  if (marks !== filled.size) throw new Error('A generated part has no end, or appears twice.');
  return result;
}
