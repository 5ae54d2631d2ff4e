import { useParams } from '@tanstack/react-router';
import { useAddress } from '../../address/search.ts';
import { WorkPanel } from '../../panels/work-panel.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { DeletedSites } from './deleted-sites.tsx';
import { EdgeList } from './edge-list.tsx';
import { SiteDetail } from './site-detail.tsx';
import { SiteList } from './site-list.tsx';

const VIEWS = [
  { id: 'sites', title: 'Sites', View: SiteList },
  { id: 'edges', title: 'Edges', View: EdgeList },
  { id: 'deleted', title: 'Deleted', View: DeletedSites },
];

/** The inventory: sites with their endpoints, the edges, and deleted sites that can be restored. */
export function Page() {
  const { site_id } = useParams({ strict: false }) as { site_id?: string };
  return site_id === undefined ? <Inventory /> : <SiteDetail key={site_id} site_id={site_id} />;
}

function Inventory() {
  const [address, setAddress] = useAddress();
  const { View } = VIEWS.find(({ id }) => id === address.view) ?? VIEWS[0]!;
  return (
    <div className="page">
      <div className="page-head">
        <h1>Sites and edges</h1>
        <Tabs
          label="What is listed"
          tabs={VIEWS}
          chosen={address.view ?? 'sites'}
          onChoose={view => setAddress({ view: view === 'sites' ? undefined : view })}
        />
      </div>
      <WorkPanel kinds={['SITE_DELETION', 'SITE_RESTORE', 'ENDPOINT_REMOVAL', 'ENDPOINT_RESTORE']} />
      <View />
    </div>
  );
}
