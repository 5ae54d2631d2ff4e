import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { setEndpoint } from '../data/ask.ts';
import { Notice } from '../parts/notice.tsx';
import { configureSession } from '../session/session.ts';
import { SessionProvider } from '../session/session-provider.tsx';
import { fetcher } from './fetcher.ts';
import '../style/tokens.css';
import '../style/base.css';
import '../style/parts.css';
import '../style/overlays.css';
import '../style/lists.css';
import './graphiql.css';

/** The first operation that a new visitor sees. */
const FIRST_QUERY = `# Every operation and type is described in the panel at the left.
{
  trafficTotals { packets_exact bytes_exact active_flows }
  policies { items { id name priority packets_matched bytes_matched } }
}
`;

const root = createRoot(document.getElementById('graphiql')!);
try {
  setEndpoint(await configureSession());
  root.render(
    <SessionProvider onReady={() => {}} onSignedIn={() => {}}>
      <GraphiQL fetcher={fetcher} defaultQuery={FIRST_QUERY} />
    </SessionProvider>,
  );
} catch (cause) {
  root.render(<Notice kind="bad">{`${(cause as Error).message} Reload the page to try again.`}</Notice>);
}
