const TYPES: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json; charset=utf-8',
  svg: 'image/svg+xml',
  ttf: 'font/ttf',
  woff2: 'font/woff2',
};

/** The headers of a file of the console's build. */
export interface FileHeaders {
  'content-type': string;
  'cache-control': string;
}

/**
 * The headers of a file of the console.
 *
 * @param path relative to the build's folder, such as `assets/main-4f2a.js`
 * @returns undefined for a type of file that the console doesn't have
 */
export function fileHeaders(path: string): FileHeaders | undefined {
  const type = TYPES[/\.(\w+)$/.exec(path)?.[1] ?? ''];
  if (type === undefined) return undefined;
  return { 'content-type': type, 'cache-control': cachingOf(path) };
}

/** An asset's name contains a hash of its content; all other files are revalidated each time. */
function cachingOf(path: string): string {
  return path.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
}
