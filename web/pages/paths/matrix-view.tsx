import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { useAddress } from '../../address/search.ts';
import { ask } from '../../data/ask.ts';
import { Button } from '../../parts/button.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { PathStatus } from '../../parts/path-status.tsx';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';
import { counted } from './counted.ts';
import { HeatMap } from './heat-map.tsx';
import type { NamedPair } from './named-pair.ts';
import { MATRIX } from './operations.ts';
import { siteNames } from './path-name.ts';
import { bySeverity } from './severity.ts';

/** The connections between sites: a matrix, and the same as a table, the worst first. */
export function MatrixView() {
  const [, setAddress] = useAddress();
  const query = useInfiniteQuery({
    queryKey: ['PathMatrix', {}],
    queryFn: async ({ pageParam, signal }) =>
      (await ask(MATRIX, { next_token: pageParam }, { signal })).data.pathMatrix,
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next_token,
    meta: { changedBy: ['PATH', 'SITE', 'ENDPOINT'] },
    refetchInterval: 60_000,
  });
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  // A matrix of a part of the sites would be misleading.
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const pages = query.data?.pages;
  const pairs = useMemo(() => {
    const names = siteNames(pages?.flatMap(({ sites }) => sites) ?? []);
    return pages
      ?.flatMap(page => page.pairs)
      .map(pair => ({
        ...pair,
        source: names.get(pair.source_site_id) ?? pair.source_site_id,
        destination: names.get(pair.destination_site_id) ?? pair.destination_site_id,
      }));
  }, [pages]);
  const worst = useMemo(() => pairs?.toSorted(bySeverity), [pairs]);
  const open = (site: string) => setAddress({ view: 'neighbourhood', site });
  const columns = useMemo(() => columnsOf(site => setAddress({ view: 'neighbourhood', site })), [setAddress]);
  return (
    <Loaded data={worst} error={query.error} onRetry={() => void query.refetch()}>
      {found =>
        found.length === 0 ? (
          <Empty>There are no paths between sites yet.</Empty>
        ) : (
          <div className="matrix-columns">
            <Panel title="Matrix">
              <HeatMap pairs={found} onOpen={open} />
            </Panel>
            <Panel title={`${counted(found.length, ['pair', 'pairs'])}, the worst first`} flush>
              <VirtualTable
                label="Pairs of sites"
                columns={columns}
                rows={found}
                rowId={row => `${row.source_site_id} ${row.destination_site_id}`}
                maxRows={18}
              />
            </Panel>
          </div>
        )
      }
    </Loaded>
  );
}

function columnsOf(open: (site: string) => void): Column<NamedPair>[] {
  const site = (id: string, name: string) => (
    <Button kind="link" onPress={() => open(id)}>
      <bdi className="clip" title={name}>
        {name}
      </bdi>
    </Button>
  );
  return [
    {
      id: 'source',
      head: 'Between',
      width: 'minmax(112px, 1fr)',
      cell: pair => site(pair.source_site_id, pair.source),
    },
    {
      id: 'destination',
      head: 'And',
      width: 'minmax(112px, 1fr)',
      cell: pair => site(pair.destination_site_id, pair.destination),
    },
    {
      id: 'status',
      head: 'Worst path',
      width: '136px',
      cell: ({ worst_status }) => <PathStatus status={worst_status} />,
    },
    { id: 'paths', head: 'Paths', width: '64px', end: true, cell: ({ paths }) => paths },
  ];
}
