/** The value of a JSON text; undefined where it is none, which a schema then refuses. */
export function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
