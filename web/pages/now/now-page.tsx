import { ChangesPanel } from './changes-panel.tsx';
import { PathsPanel } from './paths-panel.tsx';
import { PoliciesPanel } from './policies-panel.tsx';
import { ProblemsPanel } from './problems-panel.tsx';
import { RunningPanel } from './running-panel.tsx';
import { SitesPanel } from './sites-panel.tsx';
import { ThroughputPanel } from './throughput-panel.tsx';
import './now.css';

/** What is wrong, what flows and what changed, at a glance. */
export function Page() {
  return (
    <div className="page">
      <h1>Now</h1>
      <ProblemsPanel />
      <RunningPanel />
      <ThroughputPanel />
      <div className="now-columns">
        <PoliciesPanel />
        <div className="stack">
          <PathsPanel />
          <SitesPanel />
          <ChangesPanel />
        </div>
      </div>
    </div>
  );
}
