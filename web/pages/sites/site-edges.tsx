import { useState } from 'react';
import { useMay } from '../../data/me.ts';
import { useChange } from '../../data/use-change.ts';
import { useList } from '../../data/use-list.ts';
import { Button } from '../../parts/button.tsx';
import { ConfirmDialog } from '../../parts/dialog.tsx';
import { More } from '../../parts/more.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';
import { EDGE_COLUMNS, type EdgeRow } from './edge-columns.tsx';
import { RETIRE_EDGE, SITE_EDGES } from './operations.ts';
import { RegisterEdge } from './register-edge.tsx';

/** The edges of a site. */
export function SiteEdges({ site_id }: { site_id: string }) {
  const may = useMay();
  const [registering, setRegistering] = useState(false);
  const [retired, setRetired] = useState<string>();
  const list = useList(SITE_EDGES, { site_id }, { pick: data => data.edges, changedBy: ['EDGE', 'SITE'] });
  const columns: Column<EdgeRow>[] = [EDGE_COLUMNS.id, ...EDGE_COLUMNS.rest];
  if (may('retireEdge')) {
    columns.push({
      id: 'retire',
      head: '',
      width: '160px',
      cell: ({ id, registered, retired_at }) =>
        registered &&
        retired_at === null && (
          <Button kind="quiet" aria-label={`Take ${id} out of service`} onPress={() => setRetired(id)}>
            Out of service…
          </Button>
        ),
    });
  }
  const action = may('registerEdge') && (
    <Button onPress={() => setRegistering(true)}>Register an edge</Button>
  );
  return (
    <Panel title="Edges" actions={action} flush>
      <Loaded data={list.items} error={list.error} onRetry={list.retry}>
        {items =>
          items.length === 0 ? (
            <Empty>No edge is registered here, and none has reported from here.</Empty>
          ) : (
            <>
              <VirtualTable label="Edges" columns={columns} rows={items} rowId={row => row.id} />
              <More list={list} />
            </>
          )
        }
      </Loaded>
      {registering && <RegisterEdge site_id={site_id} onClose={() => setRegistering(false)} />}
      {retired !== undefined && <RetireEdge id={retired} onClose={() => setRetired(undefined)} />}
    </Panel>
  );
}

function RetireEdge({ id, onClose }: { id: string; onClose(): void }) {
  const { run, isPending, error } = useChange(RETIRE_EDGE, {
    done: () => ({
      message: `Edge ${id} is out of service.`,
      change: { operation: 'retireEdge', target: `edge:${id}` },
    }),
    onDone: onClose,
  });
  return (
    <ConfirmDialog
      title={`Take ${id} out of service`}
      confirm="Take out of service"
      isPending={isPending}
      error={error}
      onConfirm={() => run({ id })}
      onClose={onClose}
    >
      <p>The edge is no longer expected to report and gets no commands. Its counters stay.</p>
    </ConfirmDialog>
  );
}
