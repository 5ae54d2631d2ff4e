import { useAddress } from '../../address/search.ts';
import { WorkPanel } from '../../panels/work-panel.tsx';
import { EntryDialog } from './entry-dialog.tsx';
import { TimelinePanel } from './timeline-panel.tsx';
import '../../parts/timeline.css';

/** What was changed and what happened, with the way back. */
export function Page() {
  const [{ entry }, setAddress] = useAddress();
  const open = (id: string): void => setAddress({ entry: id });
  return (
    <div className="page">
      <div className="page-head">
        <h1>Changes</h1>
      </div>
      <WorkPanel />
      <TimelinePanel onOpen={open} />
      {entry !== undefined && (
        <EntryDialog id={entry} onOpen={open} onClose={() => setAddress({ entry: undefined })} />
      )}
    </div>
  );
}
