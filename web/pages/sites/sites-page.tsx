import { useParams } from '@tanstack/react-router';
import { WorkPanel } from '../../panels/work-panel.tsx';
import { PageViews } from '../page-views.tsx';
import { DeletedSites } from './deleted-sites.tsx';
import { EdgeList } from './edge-list.tsx';
import { SiteDetail } from './site-detail.tsx';
import { SiteList } from './site-list.tsx';
import { SiteMap } from './site-map.tsx';

const VIEWS = [
  { id: 'sites', title: 'Sites', View: SiteList },
  { id: 'map', title: 'Map', View: SiteMap },
  { id: 'edges', title: 'Edges', View: EdgeList },
  { id: 'deleted', title: 'Deleted', View: DeletedSites },
] as const;

/** The inventory: sites with their endpoints, the edges, and deleted sites that can be restored. */
export function Page() {
  const { site_id } = useParams({ strict: false }) as { site_id?: string };
  return site_id === undefined ? <Inventory /> : <SiteDetail key={site_id} site_id={site_id} />;
}

function Inventory() {
  return (
    <div className="page">
      <PageViews title="Sites and edges" label="View of the inventory" views={VIEWS}>
        <WorkPanel kinds={['SITE_DELETION', 'SITE_RESTORE', 'ENDPOINT_REMOVAL', 'ENDPOINT_RESTORE']} />
      </PageViews>
    </div>
  );
}
