import { PageViews } from '../page-views.tsx';
import { FilterBar } from './filter-bar.tsx';
import { FlowList } from './flow-list.tsx';
import './flows.css';

const VIEWS = [{ id: 'list', title: 'List', View: FlowList }] as const;

/** What edges listed of single flows. */
export function Page() {
  return (
    <div className="page">
      <PageViews title="Flows" label="How flows are shown" views={VIEWS}>
        <FilterBar />
      </PageViews>
    </div>
  );
}
