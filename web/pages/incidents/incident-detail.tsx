import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { ApiError } from '../../data/errors.ts';
import { useMay } from '../../data/me.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { useChange } from '../../data/use-change.ts';
import { actorName } from '../../panels/change-words.ts';
import { Button } from '../../parts/button.tsx';
import { ConfirmDialog } from '../../parts/dialog.tsx';
import { Time } from '../../parts/figures.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { RankedTable } from '../changes/ranked-table.tsx';
import { FrozenDecisions } from './frozen-decisions.tsx';
import { FrozenLog } from './frozen-log.tsx';
import { type FrozenNames, namesOf } from './frozen-names.ts';
import { FrozenTraffic } from './frozen-traffic.tsx';
import { type Frozen, INCIDENT, REMOVE_INCIDENT } from './operations.ts';

/** One incident, as it was known when it was frozen. The page has no live data. */
export function IncidentDetail({ id }: { id: string }) {
  const answer = useAnswer(INCIDENT, { id });
  const { error } = answer;
  return (
    <div className="page">
      {error instanceof ApiError && error.type === 'NotFound' ? (
        <>
          <h1>Incident not found</h1>
          <Empty>{error.message}</Empty>
        </>
      ) : (
        <Loaded
          data={answer.data?.data.incident}
          error={error}
          onRetry={() => void answer.refetch()}
          height={448}
        >
          {frozen => <Shown frozen={frozen} />}
        </Loaded>
      )}
    </div>
  );
}

function Shown({ frozen }: { frozen: Frozen }) {
  const { incident, changes, series, gaps } = frozen;
  const names = namesOf(frozen.names);
  return (
    <>
      <div className="page-head">
        <h1>
          <bdi>{incident.name}</bdi>
        </h1>
        <Actions frozen={frozen} />
      </div>
      <dl className="facts">
        <dt>Time</dt>
        <dd>
          <Time at={incident.from} /> to <Time at={incident.to} />
        </dd>
        <dt>About</dt>
        <dd>
          <bdi>{scopeText(incident.scope, names)}</bdi>
        </dd>
        <dt>Frozen</dt>
        <dd>
          <Time at={incident.created_at} /> by <bdi>{actorName(incident.created_by)}</bdi>
        </dd>
      </dl>
      {gaps.length > 0 && <Notice kind="warn">Incomplete: {gaps.join(' ')}</Notice>}
      <Panel title="Traffic">
        {series ? (
          <FrozenTraffic series={series} names={names} />
        ) : (
          <Empty>This data was no longer available when the incident was frozen.</Empty>
        )}
      </Panel>
      <Panel title="Changes, by difference in traffic" flush>
        <RankedTable changes={changes} />
      </Panel>
      <FrozenDecisions decisions={frozen.decisions} names={names} />
      <FrozenLog log={frozen.log} total={frozen.log_total} />
    </>
  );
}

function Actions({ frozen }: { frozen: Frozen }) {
  const { incident } = frozen;
  const may = useMay();
  const navigate = useNavigate();
  const [isRemoving, setRemoving] = useState(false);
  const remove = useChange(REMOVE_INCIDENT, {
    done: ({ removeIncident }) => removeIncident,
    onDone: () => void navigate({ to: '/incidents' }),
  });
  return (
    <div className="panel-actions">
      <Button onPress={() => download(frozen)}>Download as JSON</Button>
      {may('removeIncident') && (
        <Button kind="danger" onPress={() => setRemoving(true)}>
          Remove…
        </Button>
      )}
      {isRemoving && (
        <ConfirmDialog
          title={`Remove ${incident.name}`}
          confirm="Remove the incident"
          isPending={remove.isPending}
          error={remove.error}
          onConfirm={() => remove.run({ id: incident.id })}
          onClose={() => setRemoving(false)}
        >
          <p>Links to it stop working. You can undo this for 30 days; after that its data is deleted.</p>
        </ConfirmDialog>
      )}
    </div>
  );
}

/** The unchanged answer, so that the file matches the page. */
function download(frozen: Frozen): void {
  saveFile(`incident-${frozen.incident.id}.json`, 'application/json', JSON.stringify(frozen, null, 2));
}

function scopeText(
  { policy_id, site_id, peer_site_id }: Frozen['incident']['scope'],
  names: FrozenNames,
): string {
  const parts = [
    policy_id !== null && `policy ${names.policy(policy_id)}`,
    site_id !== null && `site ${names.site(site_id)}`,
    peer_site_id !== null && `and ${names.site(peer_site_id)}`,
  ].filter(part => part !== false);
  return parts.join(' ') || 'the whole network';
}
