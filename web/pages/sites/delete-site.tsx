import { useAnswer } from '../../data/use-answer.ts';
import { useChange } from '../../data/use-change.ts';
import { ConfirmDialog } from '../../parts/dialog.tsx';
import { Bytes, Count } from '../../parts/figures.tsx';
import { Loaded } from '../../parts/panel.tsx';
import { DELETE_SITE, DELETION_PREVIEW } from './operations.ts';

export interface DeleteSiteProps {
  site: { id: string; name: string };
  onClose(): void;
  onDone(): void;
}

/** Shows what a deletion also removes, and requires the site's name before it begins. */
export function DeleteSite({ site, onClose, onDone }: DeleteSiteProps) {
  const preview = useAnswer(DELETION_PREVIEW, { site_id: site.id });
  const { run, isPending, error } = useChange(DELETE_SITE, {
    done: ({ deleteSite: { message, audit_id, finished } }) => ({ message, ...(finished && { audit_id }) }),
    onDone,
  });
  return (
    <ConfirmDialog
      title={`Delete ${site.name}`}
      confirm="Delete the site"
      typed={site.name}
      isPending={isPending}
      error={error}
      onConfirm={() => run({ site_id: site.id })}
      onClose={onClose}
    >
      <Loaded
        data={preview.data?.data.siteDeletionPreview}
        error={preview.error}
        onRetry={() => void preview.refetch()}
      >
        {({ endpoints, paths, peer_sites, policies, traffic_24h }) => (
          <>
            <p>This also deletes:</p>
            <dl className="facts">
              <dt>Endpoints</dt>
              <dd>
                <Count exact={endpoints} of="endpoints" />
              </dd>
              <dt>Paths</dt>
              <dd>
                <Count exact={paths} of="paths" />, to <Count exact={peer_sites} of="sites" />{' '}
                {peer_sites === 1 ? 'site' : 'sites'}
              </dd>
              <dt>Policies on these paths now</dt>
              <dd>
                <Count exact={policies.length} of="policies" />
              </dd>
              <dt>Traffic in the last 24 hours</dt>
              <dd>
                <Bytes exact={traffic_24h?.bytes_exact} />
              </dd>
            </dl>
          </>
        )}
      </Loaded>
      <p className="muted">Counters and history stay. The site can be restored for 30 days.</p>
    </ConfirmDialog>
  );
}
