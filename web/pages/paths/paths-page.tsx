import { lazy, Suspense } from 'react';
import { useAddress } from '../../address/search.ts';
import { PageViews } from '../page-views.tsx';
import { MatrixView } from './matrix-view.tsx';
import { NeighbourhoodView } from './neighbourhood-view.tsx';
import { PathList } from './path-list.tsx';
import './paths.css';

/** It brings the library of charts with it, which the lists don't need. */
const PathDetail = lazy(async () => ({ default: (await import('./path-detail.tsx')).PathDetail }));

const VIEWS = [
  { id: 'list', title: 'Worst first', View: PathList },
  { id: 'matrix', title: 'Site by site', View: MatrixView },
  { id: 'neighbourhood', title: 'Neighbourhood', View: NeighbourhoodView },
] as const;

/**
 * The paths of the network, the worst first, with why each is taken, and how one is taken out of
 * use and brought back.
 */
export function Page() {
  const [address, setAddress] = useAddress();
  return (
    <div className="page">
      <PageViews title="Paths" label="How the paths are shown" views={VIEWS} />
      {address.path !== undefined && (
        <Suspense>
          <PathDetail
            key={address.path}
            path_id={address.path}
            onClose={() => setAddress({ path: undefined, at: undefined })}
          />
        </Suspense>
      )}
    </div>
  );
}
