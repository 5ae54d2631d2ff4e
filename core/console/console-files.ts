const TYPES: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json; charset=utf-8',
  svg: 'image/svg+xml',
  ttf: 'font/ttf',
  woff2: 'font/woff2',
};

/** A file of the console's build, as servers give it to a browser. */
export interface FileHeaders {
  'content-type': string;
  'cache-control': string;
}

/**
 * The headers of a file of the console.
 * @param path from the build's folder on, such as `assets/main-4f2a.js`
 * @returns undefined for a kind of file that the console has none of
 */
export function fileHeaders(path: string): FileHeaders | undefined {
  const type = TYPES[/\.(\w+)$/.exec(path)?.[1] ?? ''];
  if (type === undefined) return undefined;
  return { 'content-type': type, 'cache-control': cachingOf(path) };
}

/** An asset's name has a hash of its content; all else is asked for again each time. */
function cachingOf(path: string): string {
  return path.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
}
