import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useAddress } from '../../address/search.ts';
import { ask } from '../../data/ask.ts';
import { Button } from '../../parts/button.tsx';
import { Time } from '../../parts/figures.tsx';
import { bitsPerSecond } from '../../parts/format.ts';
import { More } from '../../parts/more.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { PATH_COLUMNS } from '../../parts/path-columns.tsx';
import { PATH_STATUSES, type PathStatusName } from '../../parts/path-status.tsx';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';
import { counted } from './counted.ts';
import { ALL_PATHS } from './operations.ts';
import { PathFilters } from './path-filters.tsx';
import { type PathEnds, pathName, siteNames } from './path-name.ts';

interface PathRow extends PathEnds {
  id: string;
  name: string;
  status: PathStatusName;
  maintenance: { until: string | null } | null;
  metrics: {
    latency_ms: number;
    packet_loss_pct: number;
    settled_score: number;
    measured_at: string;
  } | null;
  traffic: { tx_bits_per_second: number | null; rx_bits_per_second: number | null } | null;
}

const ORDERS: Record<string, 'WORST_FIRST' | 'TRAFFIC' | 'ID'> = { traffic: 'TRAFFIC', id: 'ID' };

/** Paths as a table; the address has the filter and the order. */
export function PathList() {
  const [address, setAddress] = useAddress();
  const status = Object.hasOwn(PATH_STATUSES, address.status ?? '')
    ? (address.status as PathStatusName)
    : undefined;
  const variables = {
    status: status ?? null,
    site_id: address.site ?? null,
    policy_id: address.policy ?? null,
    order_by: ORDERS[address.order ?? ''] ?? 'WORST_FIRST',
  } as const;
  const query = useInfiniteQuery({
    queryKey: ['AllPaths', variables],
    queryFn: async ({ pageParam, signal }) =>
      (await ask(ALL_PATHS, { ...variables, next_token: pageParam }, { signal })).data.allPaths,
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next_token,
    meta: { changedBy: ['PATH', 'SITE', 'ENDPOINT', 'POLICY'] },
    refetchInterval: 60_000,
  });
  const pages = query.data?.pages;
  const rows = useMemo(() => {
    const names = siteNames(pages?.flatMap(({ sites }) => sites) ?? []);
    return pages?.flatMap(({ items }) => items.map(path => ({ ...path, name: pathName(path, names) })));
  }, [pages]);
  const columns = useMemo(() => columnsOf(path => setAddress({ path })), [setAddress]);
  const first = pages?.[0];
  return (
    <Panel
      title={first ? counted(first.total, ['path', 'paths']) : 'Paths'}
      flush
      actions={<PathFilters counts={first?.by_status ?? []} />}
    >
      <Loaded data={rows} error={query.error} onRetry={() => void query.refetch()}>
        {found =>
          found.length === 0 ? (
            <Empty>No path matches these filters.</Empty>
          ) : (
            <>
              <VirtualTable
                label="Paths"
                columns={columns}
                rows={found}
                rowId={row => row.id}
                maxRows={20}
                {...(address.path !== undefined && { chosen: new Set([address.path]) })}
              />
              <More
                list={{
                  hasMore: query.hasNextPage,
                  isLoading: query.isFetchingNextPage,
                  loadMore: () => void query.fetchNextPage(),
                }}
              />
            </>
          )
        }
      </Loaded>
    </Panel>
  );
}

function columnsOf(open: (path: string) => void): Column<PathRow>[] {
  return [
    {
      id: 'name',
      head: 'Path',
      width: 'minmax(220px, 3fr)',
      cell: ({ id, name }) => (
        <Button kind="link" onPress={() => open(id)}>
          <bdi className="clip" title={name}>
            {name}
          </bdi>
        </Button>
      ),
    },
    ...PATH_COLUMNS,
    {
      id: 'traffic',
      head: 'Traffic',
      width: '112px',
      end: true,
      cell: ({ traffic }) => bitsPerSecond(carried(traffic)),
    },
    {
      id: 'measured',
      head: 'Measured',
      width: '120px',
      cell: ({ metrics }) => <Time at={metrics?.measured_at} relative />,
    },
  ];
}

/** Both directions; null if not known. */
function carried(traffic: PathRow['traffic']): number | null {
  const { tx_bits_per_second: tx = null, rx_bits_per_second: rx = null } = traffic ?? {};
  return tx === null || rx === null ? null : tx + rx;
}
