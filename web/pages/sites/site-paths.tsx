import { Link } from '@tanstack/react-router';
import { useList } from '../../data/use-list.ts';
import { bitsPerSecond } from '../../parts/format.ts';
import { More } from '../../parts/more.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { type MeasuredPath, PATH_COLUMNS } from '../../parts/path-columns.tsx';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';
import { SITE_PATHS } from './operations.ts';

interface PathRow extends MeasuredPath {
  id: string;
  own: string;
  peer: string;
  traffic: { tx_bits_per_second: number | null; rx_bits_per_second: number | null } | null;
}

const COLUMNS: Column<PathRow>[] = [
  {
    id: 'id',
    head: 'Path',
    width: 'minmax(200px, 1fr)',
    cell: ({ id, own, peer }) => (
      <Link to="/paths" search={{ path: id } as never}>
        <bdi>
          {own} – {peer}
        </bdi>
      </Link>
    ),
  },
  ...PATH_COLUMNS,
  {
    id: 'sends',
    head: 'Sends',
    width: '104px',
    end: true,
    cell: ({ traffic }) => bitsPerSecond(traffic?.tx_bits_per_second),
  },
  {
    id: 'receives',
    head: 'Receives',
    width: '104px',
    end: true,
    cell: ({ traffic }) => bitsPerSecond(traffic?.rx_bits_per_second),
  },
];

/** The paths of a site, the worst first, each with the site's endpoint and the other end. */
export function SitePaths({ site_id }: { site_id: string }) {
  const list = useList(
    SITE_PATHS,
    { site_id },
    { pick: ({ allPaths }) => asSeenFrom(site_id, allPaths), changedBy: ['PATH', 'SITE', 'ENDPOINT'] },
  );
  return (
    <Panel title="Paths, worst first" flush>
      <Loaded data={list.items} error={list.error} onRetry={list.retry}>
        {items =>
          items.length === 0 ? (
            <Empty>This site has no paths.</Empty>
          ) : (
            <>
              <VirtualTable label="Paths" columns={COLUMNS} rows={items} rowId={row => row.id} maxRows={24} />
              <More list={list} />
            </>
          )
        }
      </Loaded>
    </Panel>
  );
}

interface Found {
  sites: { id: string; name: string }[];
  items: (MeasuredPath & {
    id: string;
    source_site_id: string;
    source_endpoint_id: string;
    destination_site_id: string;
    destination_endpoint_id: string;
    traffic: PathRow['traffic'];
  })[];
  next_token: string | null;
}

/** Paths with the site's end first. */
function asSeenFrom(site_id: string, { sites, items, next_token }: Found) {
  const names = new Map(sites.map(({ id, name }) => [id, name]));
  const rows = items.map((path): PathRow => {
    const { id, status, metrics, traffic } = path;
    const source = { site: path.source_site_id, endpoint: path.source_endpoint_id };
    const destination = { site: path.destination_site_id, endpoint: path.destination_endpoint_id };
    const fromHere = source.site === site_id;
    const [own, peer] = fromHere ? [source, destination] : [destination, source];
    const peerName = `${names.get(peer.site) ?? peer.site} ${peer.endpoint}`;
    return { id, status, metrics, own: own.endpoint, peer: peerName, traffic: seen(traffic, fromHere) };
  });
  return { items: rows, next_token };
}

/** A path's rates are the source's: swaps them if this site is the destination. */
function seen(traffic: PathRow['traffic'], fromHere: boolean): PathRow['traffic'] {
  if (!traffic || fromHere) return traffic;
  return {
    tx_bits_per_second: traffic.rx_bits_per_second,
    rx_bits_per_second: traffic.tx_bits_per_second,
  };
}
