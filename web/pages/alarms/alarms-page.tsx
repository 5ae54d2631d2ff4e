import { PageViews } from '../page-views.tsx';
import { DestinationList } from './destination-list.tsx';
import { MuteList } from './mute-list.tsx';
import { OpenAlarms } from './open-alarms.tsx';
import { PastAlarms } from './past-alarms.tsx';
import { ThresholdList } from './threshold-list.tsx';

const VIEWS = [
  { id: 'open', title: 'Wrong now', View: OpenAlarms },
  { id: 'history', title: 'History', View: PastAlarms },
  { id: 'thresholds', title: 'Thresholds', View: ThresholdList },
  { id: 'destinations', title: 'Destinations', View: DestinationList },
  { id: 'mutes', title: 'Mutes', View: MuteList },
] as const;

/**
 * What is wrong now and was, the thresholds that people set, where alarms are sent to, and what is
 * muted.
 */
export function Page() {
  return (
    <div className="page">
      <PageViews title="Alarms" label="What is shown of the alarms" views={VIEWS} />
    </div>
  );
}
