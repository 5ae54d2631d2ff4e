import { PageViews } from '../page-views.tsx';
import { OpenAlarms } from './open-alarms.tsx';
import { ThresholdList } from './threshold-list.tsx';

const VIEWS = [
  { id: 'open', title: 'Wrong now', View: OpenAlarms },
  { id: 'thresholds', title: 'Thresholds', View: ThresholdList },
] as const;

/** What is wrong now, and the thresholds that people set. */
export function Page() {
  return (
    <div className="page">
      <PageViews title="Alarms" label="What is shown of the alarms" views={VIEWS} />
    </div>
  );
}
