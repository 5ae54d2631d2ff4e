import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { setEndpoint } from './data/ask.ts';
import { makeQueryClient } from './data/query-client.ts';
import { makeRouter, preloadPage } from './frame/router.tsx';
import { Notice } from './parts/notice.tsx';
import { configureSession } from './session/session.ts';
import { SessionProvider } from './session/session-provider.tsx';
import './style/tokens.css';
import './style/base.css';
import './style/parts.css';
import './style/overlays.css';
import './style/lists.css';

const root = createRoot(document.getElementById('console')!);

let expire = (): void => {};
const queries = makeQueryClient({ onSignedOut: () => expire() });
const router = makeRouter();

function signedIn(samePerson: boolean): void {
  if (!samePerson) queries.clear();
  void queries.invalidateQueries();
}

function begin(expireSession: () => void): void {
  expire = expireSession;
}

// The page's code is loaded while the session is checked.
preloadPage(location.pathname);

try {
  setEndpoint(await configureSession());
  root.render(
    <QueryClientProvider client={queries}>
      <SessionProvider onReady={begin} onSignedIn={signedIn}>
        <RouterProvider router={router} />
      </SessionProvider>
    </QueryClientProvider>,
  );
} catch (cause) {
  root.render(<Notice kind="bad">{`${(cause as Error).message} Reload the page to try again.`}</Notice>);
}
