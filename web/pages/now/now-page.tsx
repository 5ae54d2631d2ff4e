import { ChangesPanel } from './changes-panel.tsx';
import { PathsPanel } from './paths-panel.tsx';
import { PoliciesPanel } from './policies-panel.tsx';
import { ProblemsPanel } from './problems-panel.tsx';
import { RunningPanel } from './running-panel.tsx';
import { SitesPanel } from './sites-panel.tsx';
import { ThroughputPanel } from './throughput-panel.tsx';
import { useNames } from './use-names.ts';
import { useNow } from './use-now.ts';
import './now.css';

/** Problems, traffic and changes at a glance. */
export function Page() {
  const now = useNow();
  const name = useNames(now);
  return (
    <div className="page">
      <h1>Now</h1>
      <ProblemsPanel now={now} />
      <RunningPanel now={now} />
      <div className="now-columns">
        <div className="stack">
          <ThroughputPanel now={now} name={name} />
          <PoliciesPanel now={now} />
        </div>
        <div className="stack now-side">
          <PathsPanel now={now} />
          <SitesPanel now={now} />
          <ChangesPanel now={now} />
        </div>
      </div>
    </div>
  );
}
