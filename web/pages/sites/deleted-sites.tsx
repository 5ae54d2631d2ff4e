import { useMay } from '../../data/me.ts';
import { useChange } from '../../data/use-change.ts';
import { useList } from '../../data/use-list.ts';
import { Button } from '../../parts/button.tsx';
import { Count, Time } from '../../parts/figures.tsx';
import { More } from '../../parts/more.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';
import { DELETED_SITES, RESTORE_SITE } from './operations.ts';

interface DeletedRow {
  site_id: string;
  name: string;
  location: string | null;
  deleted_at: string;
  restorable_until: string;
  endpoints: number;
  paths: number;
  deleted_by: { kind: string; email: string | null; username: string | null; sub: string };
}

/** Deleted sites that can be restored. */
export function DeletedSites() {
  const may = useMay();
  const list = useList(DELETED_SITES, {}, { pick: data => data.deletedSites, changedBy: ['SITE'] });
  const restore = useChange(RESTORE_SITE, {
    done: ({ restoreSite: { message, audit_id, finished, skipped } }) => ({
      message:
        skipped.length === 0 ? message : `${message} ${skipped.length} paths stay in the archive for now.`,
      ...(finished && { audit_id }),
    }),
  });
  const columns: Column<DeletedRow>[] = [
    { id: 'name', head: 'Site', width: 'minmax(160px, 2fr)', cell: ({ name }) => <bdi>{name}</bdi> },
    {
      id: 'location',
      head: 'Location',
      width: 'minmax(120px, 2fr)',
      cell: ({ location }) => <bdi>{location}</bdi>,
    },
    {
      id: 'at',
      head: 'Deleted',
      width: '152px',
      cell: ({ deleted_at }) => <Time at={deleted_at} relative />,
    },
    {
      id: 'by',
      head: 'By',
      width: 'minmax(120px, 1fr)',
      cell: ({ deleted_by: { email, username, sub } }) => <bdi>{email ?? username ?? sub}</bdi>,
    },
    {
      id: 'endpoints',
      head: 'Endpoints',
      width: '96px',
      end: true,
      cell: row => <Count exact={row.endpoints} of="endpoints" />,
    },
    {
      id: 'paths',
      head: 'Paths',
      width: '72px',
      end: true,
      cell: row => <Count exact={row.paths} of="paths" />,
    },
    {
      id: 'until',
      head: 'Restorable until',
      width: '176px',
      cell: row => <Time at={row.restorable_until} />,
    },
  ];
  if (may('restoreSite')) {
    columns.push({
      id: 'restore',
      head: '',
      width: '112px',
      cell: ({ site_id, name }) => (
        <Button
          kind="quiet"
          isDisabled={restore.isPending}
          aria-label={`Restore ${name}`}
          onPress={() => restore.run({ site_id })}
        >
          Restore
        </Button>
      ),
    });
  }
  return (
    <Panel title="Deleted sites" flush>
      {restore.error && <Notice kind="bad">{restore.error.message}</Notice>}
      <Loaded data={list.items} error={list.error} onRetry={list.retry}>
        {items =>
          items.length === 0 ? (
            <Empty>There are no deleted sites that can be restored.</Empty>
          ) : (
            <>
              <VirtualTable
                label="Deleted sites"
                columns={columns}
                rows={items}
                rowId={row => row.site_id}
                maxRows={20}
              />
              <More list={list} />
            </>
          )
        }
      </Loaded>
    </Panel>
  );
}
