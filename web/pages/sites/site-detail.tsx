import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '../../data/me.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { Button } from '../../parts/button.tsx';
import { Count, Time } from '../../parts/figures.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { DeleteSite } from './delete-site.tsx';
import { SITE } from './operations.ts';
import { SiteEdges } from './site-edges.tsx';
import { SiteEndpoints } from './site-endpoints.tsx';
import { SiteForm } from './site-form.tsx';
import { SitePaths } from './site-paths.tsx';

/** The search parameters that open a new threshold for it. */
const alarmOn = (set: string, on: string) => ({ view: 'thresholds', set, on });

/** One site with its endpoints, edges and paths. */
export function SiteDetail({ site_id }: { site_id: string }) {
  const may = useMay();
  const navigate = useNavigate();
  const [open, setOpen] = useState<'CHANGE' | 'DELETE'>();
  const answer = useAnswer(SITE, { id: site_id }, { changedBy: ['SITE', 'ENDPOINT', 'PATH'] });
  const site = answer.data?.data.site;
  const close = (): void => setOpen(undefined);
  if (answer.data && !site) {
    return (
      <div className="page">
        <h1>Site not found</h1>
        <Empty>
          The site was deleted, is being deleted or restored, or never existed.{' '}
          <Link to="/sites">All sites</Link> ·{' '}
          <Link to="/sites" search={{ view: 'deleted' } as never}>
            Deleted sites
          </Link>
        </Empty>
      </div>
    );
  }
  return (
    <div className="page">
      <div className="page-head">
        <h1>
          <bdi>{site?.name ?? 'Site'}</bdi>
        </h1>
        <span className="spacer" />
        {may('setThreshold') && (
          <Button onPress={() => void navigate({ to: '/alarms', search: alarmOn('SITE', site_id) as never })}>
            Set an alarm…
          </Button>
        )}
        {may('updateSite') && (
          <Button isDisabled={!site} onPress={() => setOpen('CHANGE')}>
            Change…
          </Button>
        )}
        {may('deleteSite') && (
          <Button kind="danger" isDisabled={!site} onPress={() => setOpen('DELETE')}>
            Delete…
          </Button>
        )}
      </div>
      <Panel title="Site">
        <Loaded data={site} error={answer.error} onRetry={() => void answer.refetch()}>
          {({ id, location, public_key, created_at, last_seen }) => (
            <dl className="tiles">
              <div>
                <dt>Location</dt>
                <dd className="breakable">
                  <bdi>{location ?? '–'}</bdi>
                </dd>
              </div>
              <div>
                <dt>Last report</dt>
                <dd>
                  <Time at={last_seen} relative />
                </dd>
              </div>
              <div>
                <dt>Paths</dt>
                <dd>
                  <Count exact={answer.data?.data.countSitePaths} of="paths" />
                </dd>
              </div>
              <div>
                <dt>Created</dt>
                <dd>
                  <Time at={created_at} />
                </dd>
              </div>
              <div className="tile-wide">
                <dt>Public key</dt>
                <dd className="breakable">{public_key ?? '–'}</dd>
              </div>
              <div className="tile-wide">
                <dt>Id</dt>
                <dd className="breakable">{id}</dd>
              </div>
            </dl>
          )}
        </Loaded>
      </Panel>
      <SiteEndpoints
        site_id={site_id}
        endpoints={site?.endpoints}
        error={answer.error}
        onRetry={() => void answer.refetch()}
      />
      <SiteEdges site_id={site_id} />
      <SitePaths site_id={site_id} />
      {open === 'CHANGE' && site && <SiteForm site={site} onClose={close} />}
      {open === 'DELETE' && site && (
        <DeleteSite site={site} onClose={close} onDone={() => void navigate({ to: '/sites' })} />
      )}
    </div>
  );
}
