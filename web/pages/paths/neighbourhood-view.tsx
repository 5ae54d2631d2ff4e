import { useMemo, useState } from 'react';
import { useAddress } from '../../address/search.ts';
import { graphql } from '../../data/graphql.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { Button } from '../../parts/button.tsx';
import { milliseconds } from '../../parts/format.ts';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { PathStatus } from '../../parts/path-status.tsx';
import { SearchBox } from '../../parts/search-box.tsx';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';
import { counted } from './counted.ts';
import { NeighbourhoodMap } from './neighbourhood-map.tsx';
import { type Neighbour, neighboursOf } from './neighbours.ts';
import { PATHS_OF_SITE } from './operations.ts';
import { siteNames } from './path-name.ts';

const SITES_LIKE = graphql(`
  query SitesLike($search: String) { sites(search: $search, limit: 10) { items { id name } } }
`);

/** One site and the sites that it has paths to: a map, and the same as a table. */
export function NeighbourhoodView() {
  const [{ site }, setAddress] = useAddress();
  const [search, setSearch] = useState('');
  const found = useAnswer(SITES_LIKE, { search: search || null }, { keepPrevious: true });
  const open = (id: string) => setAddress({ site: id });
  return (
    <>
      <Panel title="Site" actions={<SearchBox label="Find a site" value={search} onChange={setSearch} />}>
        <Loaded data={found.data?.data.sites} error={found.error} onRetry={() => void found.refetch()}>
          {({ items }) => (
            <div className="panel-actions">
              {items.map(({ id, name }) => (
                <Button key={id} kind={id === site ? 'primary' : 'plain'} onPress={() => open(id)}>
                  <bdi className="clip" title={name}>
                    {name}
                  </bdi>
                </Button>
              ))}
            </div>
          )}
        </Loaded>
      </Panel>
      {site === undefined ? (
        <Empty>Choose a site to see its connections.</Empty>
      ) : (
        <Neighbourhood key={site} site_id={site} onOpen={open} />
      )}
    </>
  );
}

function Neighbourhood({ site_id, onOpen }: { site_id: string; onOpen(site: string): void }) {
  const [, setAddress] = useAddress();
  const answer = useAnswer(
    PATHS_OF_SITE,
    { site_id },
    { changedBy: ['PATH', 'SITE', 'ENDPOINT'], everyMs: 60_000 },
  );
  const data = answer.data?.data.allPaths;
  const around = useMemo(() => {
    if (!data) return undefined;
    const names = siteNames(data.sites);
    return { own: names.get(site_id) ?? site_id, neighbours: neighboursOf(site_id, data.items, names) };
  }, [data, site_id]);
  const columns = useMemo(
    () => columnsOf({ openSite: onOpen, openPath: path => setAddress({ path }) }),
    [onOpen, setAddress],
  );
  return (
    <Loaded data={around} error={answer.error} onRetry={() => void answer.refetch()}>
      {({ own, neighbours }) =>
        neighbours.length === 0 ? (
          <Empty>This site has no paths.</Empty>
        ) : (
          <div className="matrix-columns">
            <Panel title={own}>
              <NeighbourhoodMap site={{ id: site_id, name: own }} neighbours={neighbours} />
            </Panel>
            <Panel title={counted(neighbours.length, ['neighbour', 'neighbours'])} flush>
              <VirtualTable
                label="Neighbours"
                columns={columns}
                rows={neighbours}
                rowId={({ id }) => id}
                maxRows={18}
              />
            </Panel>
          </div>
        )
      }
    </Loaded>
  );
}

interface Opening {
  openSite(id: string): void;
  openPath(id: string): void;
}

function columnsOf({ openSite, openPath }: Opening): Column<Neighbour>[] {
  return [
    {
      id: 'name',
      head: 'Site',
      width: 'minmax(128px, 1fr)',
      cell: ({ id, name }) => (
        <Button kind="link" onPress={() => openSite(id)}>
          <bdi className="clip" title={name}>
            {name}
          </bdi>
        </Button>
      ),
    },
    {
      id: 'status',
      head: 'Worst path',
      width: '136px',
      cell: ({ worst_status }) => <PathStatus status={worst_status} />,
    },
    {
      id: 'latency',
      head: 'Round trip',
      width: '96px',
      end: true,
      cell: ({ latency_ms }) => milliseconds(latency_ms),
    },
    {
      id: 'paths',
      head: 'Paths',
      width: '64px',
      cell: ({ paths }) => (
        <span className="path-numbers">
          {paths.slice(0, 3).map((id, index) => (
            <Button key={id} kind="link" onPress={() => openPath(id)}>
              {String(index + 1)}
            </Button>
          ))}
        </span>
      ),
    },
  ];
}
