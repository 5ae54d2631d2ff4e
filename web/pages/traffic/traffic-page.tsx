import { lazy, Suspense } from 'react';
import { useAddress } from '../../address/search.ts';
import { PageViews } from '../page-views.tsx';
import { OverTime } from './over-time.tsx';
import './traffic.css';

// The first view has the library of charts to load: what it can do without comes after it.
const FilterBar = lazy(async () => ({ default: (await import('./filter-bar.tsx')).FilterBar }));
const WaysView = lazy(async () => ({ default: (await import('./ways-view.tsx')).WaysView }));
const BillingView = lazy(async () => ({ default: (await import('./billing-view.tsx')).BillingView }));
const ProofDialog = lazy(async () => ({ default: (await import('./proof-dialog.tsx')).ProofDialog }));
const HeatView = lazy(async () => ({ default: (await import('./heat-view.tsx')).HeatView }));

const VIEWS = [
  { id: 'time', title: 'Over time', View: OverTime },
  { id: 'ways', title: 'Ways', View: WaysView },
  { id: 'heat', title: 'Heat map', View: HeatView },
  { id: 'billing', title: '95th percentile', View: BillingView },
] as const;

/** What policies, sites, endpoints and edges carried: one question, shown in several ways. */
export function Page() {
  const [{ proof }, setAddress] = useAddress();
  return (
    <div className="page">
      <PageViews title="Traffic" label="How traffic is shown" views={VIEWS}>
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
