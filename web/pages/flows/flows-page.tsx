import { useAddress } from '../../address/search.ts';
import { PageViews } from '../page-views.tsx';
import { FilterBar } from './filter-bar.tsx';
import { FlowList } from './flow-list.tsx';
import { GroupsView } from './groups-view.tsx';
import { LiveTail } from './live-tail.tsx';
import { TopTalkers } from './top-talkers.tsx';
import './flows.css';

const VIEWS = [
  { id: 'list', title: 'List', View: FlowList },
  { id: 'top', title: 'Top talkers', View: TopTalkers },
  { id: 'live', title: 'Live', View: LiveTail },
  { id: 'groups', title: 'Groups', View: GroupsView },
] as const;

/** The single flows that edges listed in reports. */
export function Page() {
  const [{ view }] = useAddress();
  return (
    <div className="page">
      <PageViews title="Flows" label="View of the flows" views={VIEWS}>
        {view !== 'groups' && <FilterBar />}
      </PageViews>
    </div>
  );
}
