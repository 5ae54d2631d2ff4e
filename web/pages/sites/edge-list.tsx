import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '../../data/me.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { useList } from '../../data/use-list.ts';
import { Button } from '../../parts/button.tsx';
import { More } from '../../parts/more.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';
import { EDGE_COLUMNS, type EdgeRow } from './edge-columns.tsx';
import { EDGES, SITES } from './operations.ts';
import { RegisterEdge } from './register-edge.tsx';

/** Every edge of the network with its state. */
export function EdgeList() {
  const may = useMay();
  const [registering, setRegistering] = useState(false);
  const list = useList(EDGES, {}, { pick: data => data.edges, changedBy: ['EDGE', 'SITE'] });
  const sites = useAnswer(SITES, { search: null, next_token: null }, { changedBy: ['SITE'] });
  const names = new Map(sites.data?.data.sites.items.map(({ id, name }) => [id, name]));
  const columns: Column<EdgeRow>[] = [
    EDGE_COLUMNS.id,
    {
      id: 'site',
      head: 'Site',
      width: 'minmax(144px, 2fr)',
      cell: ({ site_id }) =>
        site_id && (
          <Link to={`/sites/${site_id}`}>
            <bdi>{names.get(site_id) ?? site_id}</bdi>
          </Link>
        ),
    },
    ...EDGE_COLUMNS.rest,
  ];
  const action = may('registerEdge') && (
    <Button kind="primary" onPress={() => setRegistering(true)}>
      Register an edge
    </Button>
  );
  return (
    <Panel title="Edges" actions={action} flush>
      <Loaded data={list.items} error={list.error} onRetry={list.retry}>
        {items =>
          items.length === 0 ? (
            <Empty>No edge is registered, and none has reported.</Empty>
          ) : (
            <>
              <VirtualTable label="Edges" columns={columns} rows={items} rowId={row => row.id} maxRows={20} />
              <More list={list} />
            </>
          )
        }
      </Loaded>
      {registering && <RegisterEdge onClose={() => setRegistering(false)} />}
    </Panel>
  );
}
