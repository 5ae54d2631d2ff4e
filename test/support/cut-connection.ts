import type { BrowserContext, WebSocketRoute } from 'playwright-core';

/** The connection over which pages hear of changes, and a way to cut it. */
export interface CuttableConnection {
  /** Closes it on every page; a new one isn't made until `mend`. */
  cut(): Promise<void>;
  /** Lets new ones through, those that wait for it at once. */
  mend(): void;
}

/**
 * Before any page of the context is opened. New connections wait while it is cut, as where packets are lost: refused, they would
 * only be tried again a minute later.
 */
export async function cuttableConnection(context: BrowserContext): Promise<CuttableConnection> {
  const sockets = new Set<WebSocketRoute>();
  let mended = Promise.withResolvers<void>();
  mended.resolve();
  await context.routeWebSocket(/\/graphql\/realtime/, async socket => {
    await mended.promise;
    socket.connectToServer();
    sockets.add(socket);
  });
  return {
    async cut() {
      mended = Promise.withResolvers();
      await Promise.all([...sockets].map(socket => socket.close()));
      sockets.clear();
    },
    mend: () => mended.resolve(),
  };
}
