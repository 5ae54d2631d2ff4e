import { PageViews } from '../page-views.tsx';
import { DestinationList } from './destination-list.tsx';
import { MuteList } from './mute-list.tsx';
import { OpenAlarms } from './open-alarms.tsx';
import { PastAlarms } from './past-alarms.tsx';
import { ThresholdList } from './threshold-list.tsx';

const VIEWS = [
  { id: 'open', title: 'Open', View: OpenAlarms },
  { id: 'history', title: 'History', View: PastAlarms },
  { id: 'thresholds', title: 'Thresholds', View: ThresholdList },
  { id: 'destinations', title: 'Destinations', View: DestinationList },
  { id: 'mutes', title: 'Mutes', View: MuteList },
] as const;

/** Open and past alarms, thresholds, destinations and mutes. */
export function Page() {
  return (
    <div className="page">
      <PageViews title="Alarms" label="View of the alarms" views={VIEWS} />
    </div>
  );
}
