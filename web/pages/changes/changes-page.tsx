import { useAddress } from '../../address/search.ts';
import { WorkPanel } from '../../panels/work-panel.tsx';
import { PageViews } from '../page-views.tsx';
import { BetweenPanel } from './between-panel.tsx';
import { EntryDialog } from './entry-dialog.tsx';
import { TimelinePanel } from './timeline-panel.tsx';
import '../../parts/timeline.css';

const VIEWS = [
  { id: 'timeline', title: 'Timeline', View: Timeline },
  { id: 'between', title: 'Between two instants', View: BetweenPanel },
] as const;

/** What was changed and what happened, with the way back; and what differs between two instants. */
export function Page() {
  const [{ entry }, setAddress] = useAddress();
  return (
    <div className="page">
      <PageViews title="Changes" label="How changes are shown" views={VIEWS} part="show" />
      {entry !== undefined && (
        <EntryDialog
          id={entry}
          onOpen={id => setAddress({ entry: id })}
          onClose={() => setAddress({ entry: undefined })}
        />
      )}
    </div>
  );
}

function Timeline() {
  const [, setAddress] = useAddress();
  return (
    <>
      <WorkPanel />
      <TimelinePanel onOpen={id => setAddress({ entry: id })} />
    </>
  );
}
