import { Link } from '@tanstack/react-router';
import { useList } from '../../data/use-list.ts';
import { More } from '../../parts/more.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { type MeasuredPath, PATH_COLUMNS } from '../../parts/path-columns.tsx';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';
import { SITE_PATHS } from './operations.ts';

interface PathRow extends MeasuredPath {
  id: string;
  source_endpoint_id: string;
  destination_endpoint_id: string;
}

const COLUMNS: Column<PathRow>[] = [
  {
    id: 'id',
    head: 'Path',
    width: 'minmax(160px, 2fr)',
    cell: ({ id, source_endpoint_id, destination_endpoint_id }) => (
      <Link to="/paths" search={{ path: id } as never}>
        <bdi>
          {source_endpoint_id} – {destination_endpoint_id}
        </bdi>
      </Link>
    ),
  },
  ...PATH_COLUMNS,
];

/** The paths that end at a site. */
export function SitePaths({ site_id }: { site_id: string }) {
  const list = useList(
    SITE_PATHS,
    { site_id },
    { pick: data => data.paths, changedBy: ['PATH', 'SITE', 'ENDPOINT'] },
  );
  return (
    <Panel title="Paths" flush>
      <Loaded data={list.items} error={list.error} onRetry={list.retry}>
        {items =>
          items.length === 0 ? (
            <Empty>No path ends here.</Empty>
          ) : (
            <>
              <VirtualTable label="Paths" columns={COLUMNS} rows={items} rowId={row => row.id} />
              <More list={list} />
            </>
          )
        }
      </Loaded>
    </Panel>
  );
}
