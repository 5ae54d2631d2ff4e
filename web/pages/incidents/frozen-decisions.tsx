import { Time } from '../../parts/figures.tsx';
import { Empty, Panel } from '../../parts/panel.tsx';
import { Decision } from '../paths/why-this-path.tsx';
import type { FrozenNames } from './frozen-names.ts';
import type { Frozen } from './operations.ts';
import '../paths/paths.css';

export interface FrozenDecisionsProps {
  decisions: Frozen['decisions'];
  names: FrozenNames;
}

/** The routing decisions between sites at the end of an incident, with all candidates. */
export function FrozenDecisions({ decisions, names }: FrozenDecisionsProps) {
  if (decisions.length === 0) {
    return (
      <Panel title="Decisions">
        <Empty>No path moved or failed in this time, and no two sites were chosen.</Empty>
      </Panel>
    );
  }
  return decisions.map(({ source_site_id, destination_site_id, at, decisions, left_out }) => (
    <Panel
      key={`${source_site_id} ${destination_site_id}`}
      title={`Decisions between ${names.site(source_site_id)} and ${names.site(destination_site_id)}`}
    >
      <p className="muted">
        As of <Time at={at} />
      </p>
      {decisions.map((decision, index) => (
        <Decision key={decision.policy_id} decision={decision} names={names.paths} open={index === 0} />
      ))}
      {left_out > 0 && <p className="muted">The decisions of {left_out} more policies are left out.</p>}
    </Panel>
  ));
}
