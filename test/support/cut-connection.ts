import type { BrowserContext, WebSocketRoute } from 'playwright-core';

/** The connection over which pages hear of changes, and a way to cut it. */
export interface CuttableConnection {
  /** Closes it on every page; a new one isn't made until `mend`. */
  cut(): Promise<void>;
  /** Lets new ones through. */
  mend(): void;
}

/**
 * Before any page of the context is opened. New connections are refused while it is cut, as by a
 * server that is being replaced.
 */
export async function cuttableConnection(context: BrowserContext): Promise<CuttableConnection> {
  const sockets = new Set<WebSocketRoute>();
  let isCut = false;
  await context.routeWebSocket(/\/graphql\/realtime/, socket => {
    if (isCut) return void socket.close();
    socket.connectToServer();
    sockets.add(socket);
  });
  return {
    async cut() {
      isCut = true;
      await Promise.all([...sockets].map(socket => socket.close()));
      sockets.clear();
    },
    mend: () => {
      isCut = false;
    },
  };
}
