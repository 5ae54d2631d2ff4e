import { lazy, Suspense } from 'react';
import { useAddress } from '../../address/search.ts';
import { PageViews } from '../page-views.tsx';
import { OverTime } from './over-time.tsx';
import './traffic.css';

// The first view loads the chart library; parts that it doesn't need are loaded later.
const FilterBar = lazy(async () => ({ default: (await import('./filter-bar.tsx')).FilterBar }));
const WaysView = lazy(async () => ({ default: (await import('./ways-view.tsx')).WaysView }));
const BillingView = lazy(async () => ({ default: (await import('./billing-view.tsx')).BillingView }));
const ProofDialog = lazy(async () => ({ default: (await import('./proof-dialog.tsx')).ProofDialog }));
const HeatView = lazy(async () => ({ default: (await import('./heat-view.tsx')).HeatView }));

const VIEWS = [
  { id: 'time', title: 'Over time', View: OverTime },
  { id: 'ways', title: 'Breakdown', View: WaysView },
  { id: 'heat', title: 'Heat map', View: HeatView },
  { id: 'billing', title: '95th percentile', View: BillingView },
] as const;

/** The traffic of policies, sites, endpoints and edges: one query in several views. */
export function Page() {
  const [{ proof }, setAddress] = useAddress();
  return (
    <div className="page">
      <PageViews title="Traffic" label="View of the traffic" views={VIEWS}>
        <Suspense fallback={<div className="filter-bar" />}>
          <FilterBar />
        </Suspense>
      </PageViews>
      {proof === 'yes' && (
        <Suspense>
          <ProofDialog onClose={() => setAddress({ proof: undefined })} />
        </Suspense>
      )}
    </div>
  );
}
