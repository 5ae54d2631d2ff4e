import { lazy, Suspense } from 'react';
import { useAddress } from '../../address/search.ts';
import { PageViews } from '../page-views.tsx';
import { MatrixView } from './matrix-view.tsx';
import { NeighbourhoodView } from './neighbourhood-view.tsx';
import { PathList } from './path-list.tsx';
import './paths.css';

/** Lazy, because it loads the chart library, which the lists don't need. */
const PathDetail = lazy(async () => ({ default: (await import('./path-detail.tsx')).PathDetail }));

const VIEWS = [
  { id: 'list', title: 'List', View: PathList },
  { id: 'matrix', title: 'Matrix', View: MatrixView },
  { id: 'neighbourhood', title: 'Neighbourhood', View: NeighbourhoodView },
] as const;

/**
 * The paths of the network, the worst first, with the reasons for their use, and buttons to take a
 * path out of service and to return it.
 */
export function Page() {
  const [address, setAddress] = useAddress();
  return (
    <div className="page">
      <PageViews title="Paths" label="View of the paths" views={VIEWS} />
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
