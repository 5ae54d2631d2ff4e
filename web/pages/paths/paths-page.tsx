import { lazy, Suspense } from 'react';
import { useAddress } from '../../address/search.ts';
import { Tabs } from '../../parts/tabs.tsx';
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
];

/** The paths of the network, the worst first, with why each is taken, and how one is taken out of use and brought back. */
export function Page() {
  const [address, setAddress] = useAddress();
  const { View } = VIEWS.find(({ id }) => id === address.view) ?? VIEWS[0]!;
  return (
    <div className="page">
      <div className="page-head">
        <h1>Paths</h1>
        <Tabs
          label="How the paths are shown"
          tabs={VIEWS}
          chosen={address.view ?? 'list'}
          onChoose={view => setAddress({ view: view === 'list' ? undefined : view })}
        />
      </div>
      <View />
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
