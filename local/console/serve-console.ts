import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { z } from 'zod';

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
};

/** A file of the build: letters, digits and the like, so that no path leads out of its folder. */
const FILE_PATH = /^\/(assets\/)?[\w-][\w.-]*$/;

const consoleSchema = z.object({ content_policies: z.object({ console: z.string(), graphiql: z.string() }) });

export interface ConsoleOptions {
  /** The built files. */
  folder: string;
  /** `amplify_outputs.json`, which a browser configures itself by. */
  outputs: string;
  /** What pages may connect to beside their own origin. */
  connectTo: string[];
}

/** Serves the console's files. @returns whether the request was for it */
export type ServeConsole = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/**
 * Makes the console's part of the server: its files, `index.html` for the address of every view, GraphiQL for a browser that opens
 * the API's address, and the client configuration.
 */
export async function makeServeConsole({
  folder,
  outputs,
  connectTo,
}: ConsoleOptions): Promise<ServeConsole> {
  const { content_policies } = consoleSchema.parse(
    JSON.parse(await readFile(join(folder, 'console.json'), 'utf8')),
  );
  const connect = `connect-src 'self' ${connectTo.join(' ')}`;
  const pages = {
    console: { file: 'index.html', policy: `${content_policies.console}; ${connect}` },
    graphiql: { file: 'graphiql.html', policy: `${content_policies.graphiql}; ${connect}` },
  };

  async function sendPage(response: ServerResponse, page: keyof typeof pages): Promise<void> {
    const { file, policy } = pages[page];
    send(response, 'no-cache', '.html', await readFile(join(folder, file)), {
      'content-security-policy': policy,
    });
  }

  return async (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    const path = (request.url ?? '/').split('?', 1)[0]!;
    const wantsPage = request.headers.accept?.includes('text/html') === true;
    if (path === '/graphql') {
      if (wantsPage) await sendPage(response, 'graphiql');
      return wantsPage;
    }
    if (path === '/amplify_outputs.json') {
      send(response, 'no-store', '.json', outputs);
      return true;
    }
    if (FILE_PATH.test(path) && extname(path) in TYPES && extname(path) !== '.html') {
      const content = await readFile(join(folder, path)).catch(() => undefined);
      if (content === undefined) return false;
      const forever = path.startsWith('/assets/');
      send(response, forever ? 'public, max-age=31536000, immutable' : 'no-cache', extname(path), content);
      return true;
    }
    if (path !== '/' && !wantsPage) return false;
    await sendPage(response, 'console');
    return true;
  };
}

function send(
  response: ServerResponse,
  caching: string,
  extension: string,
  content: Buffer | string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(200, {
    'content-type': TYPES[extension]!,
    'cache-control': caching,
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    ...headers,
  });
  response.end(content);
}
