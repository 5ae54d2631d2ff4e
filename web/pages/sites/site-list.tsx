import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useAddress } from '../../address/search.ts';
import { useMay } from '../../data/me.ts';
import { type Figure, useFigures } from '../../data/use-figures.ts';
import { useList } from '../../data/use-list.ts';
import { Button } from '../../parts/button.tsx';
import { Check } from '../../parts/check.tsx';
import { Count, Rate, Time } from '../../parts/figures.tsx';
import { More } from '../../parts/more.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { PathStatus, type PathStatusName } from '../../parts/path-status.tsx';
import { SearchBox } from '../../parts/search-box.tsx';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';
import { DeleteSites } from './delete-sites.tsx';
import { SITES } from './operations.ts';
import { SiteForm } from './site-form.tsx';
import { SITE_NAME_COLUMN } from './site-name-column.tsx';

interface SiteRow {
  id: string;
  name: string;
  location: string | null;
  last_seen: string | null;
  created_at: string;
  path_count: number | null;
  worst_status: PathStatusName | null;
  endpoints: { id: string }[];
}

/** The most sites that one `deleteSites` accepts. */
const CHOSEN_LIMIT = 50;

export function SiteList() {
  const may = useMay();
  const navigate = useNavigate();
  const [{ q }, setAddress] = useAddress();
  const [open, setOpen] = useState<'CREATE' | 'DELETE'>();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const list = useList(
    SITES,
    { search: q ?? null },
    { pick: data => data.sites, changedBy: ['SITE', 'ENDPOINT'] },
  );
  const figures = useFigures('SITES').data?.items;
  const mayDelete = may('deleteSites');
  const columns = useMemo(
    () => columnsOf(figures, mayDelete ? { chosen, setChosen } : undefined),
    [figures, mayDelete, chosen],
  );
  const rows = list.items ?? [];
  const chosenRows = rows.filter(({ id }) => chosen.has(id));

  const actions = (
    <>
      <SearchBox
        label="Search sites"
        value={q ?? ''}
        onChange={text => setAddress({ q: text || undefined }, { replace: true })}
      />
      {mayDelete && (
        <Button
          kind="danger"
          isDisabled={chosenRows.length === 0 || chosenRows.length > CHOSEN_LIMIT}
          onPress={() => setOpen('DELETE')}
        >
          {chosenRows.length === 0 ? 'Delete…' : `Delete ${chosenRows.length}…`}
        </Button>
      )}
      {may('createSite') && (
        <Button kind="primary" onPress={() => setOpen('CREATE')}>
          New site
        </Button>
      )}
    </>
  );
  return (
    <Panel title="Sites" actions={<div className="panel-actions">{actions}</div>} flush>
      <Loaded data={list.items} error={list.error} onRetry={list.retry}>
        {items =>
          items.length === 0 ? (
            <Empty>
              {q
                ? 'No site has this text in its name or location.'
                : 'There are no sites yet. Create the first one.'}
            </Empty>
          ) : (
            <>
              <VirtualTable
                label="Sites"
                columns={columns}
                rows={items}
                rowId={row => row.id}
                chosen={chosen}
                maxRows={20}
              />
              <More list={list} />
            </>
          )
        }
      </Loaded>
      {open === 'CREATE' && (
        <SiteForm onClose={() => setOpen(undefined)} onDone={id => void navigate({ to: `/sites/${id}` })} />
      )}
      {open === 'DELETE' && (
        <DeleteSites
          sites={chosenRows}
          onClose={() => {
            setOpen(undefined);
            setChosen(new Set());
          }}
        />
      )}
    </Panel>
  );
}

interface Choice {
  chosen: ReadonlySet<string>;
  setChosen(chosen: ReadonlySet<string>): void;
}

/** `figures`: live figures by site; undefined while they are loading. */
function columnsOf(
  figures: ReadonlyMap<string, Figure> | undefined,
  choice: Choice | undefined,
): Column<SiteRow>[] {
  const columns: Column<SiteRow>[] = [
    SITE_NAME_COLUMN,
    {
      id: 'location',
      head: 'Location',
      width: 'minmax(120px, 2fr)',
      cell: ({ location }) => <bdi>{location}</bdi>,
    },
    {
      id: 'worst',
      head: 'Worst path',
      width: '128px',
      cell: ({ worst_status }) =>
        worst_status ? <PathStatus status={worst_status} /> : <span className="muted">No path</span>,
    },
    {
      id: 'rate',
      head: 'Throughput',
      width: '104px',
      end: true,
      cell: ({ id }) => <Rate rate={figures?.get(id)?.rate} />,
    },
    {
      id: 'paths',
      head: 'Paths',
      width: '64px',
      end: true,
      cell: ({ path_count }) => <Count exact={path_count} of="paths" />,
    },
    {
      id: 'endpoints',
      head: 'Endpoints',
      width: '92px',
      end: true,
      cell: ({ endpoints }) => <Count exact={endpoints.length} of="endpoints" />,
    },
    {
      id: 'seen',
      head: 'Last report',
      width: '112px',
      cell: ({ last_seen }) => <Time at={last_seen} relative />,
    },
    {
      id: 'created',
      head: 'Created',
      width: '112px',
      cell: ({ created_at }) => <Time at={created_at} relative />,
    },
  ];
  if (!choice) return columns;
  const { chosen, setChosen } = choice;
  const toggle = (id: string, on: boolean): void => {
    const next = new Set(chosen);
    if (on) next.add(id);
    else next.delete(id);
    setChosen(next);
  };
  const box: Column<SiteRow> = {
    id: 'choose',
    head: '',
    width: '32px',
    cell: ({ id, name }) => (
      <Check label={`Choose ${name}`} isSelected={chosen.has(id)} onChange={on => toggle(id, on)} />
    ),
  };
  return [box, ...columns];
}
