import type { BrowserContext, WebSocketRoute } from 'playwright-core';

/** The connection over which pages receive changes, and a way to cut it. */
export interface CuttableConnection {
  /** Closes it on every page; a new one is refused until `mend`. */
  cut(): Promise<void>;
  /** Accepts new ones. */
  mend(): void;
}

/**
 * Must be called before any page of the context is opened. New connections are refused while it is
 * cut, as by a server that is being replaced.
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
