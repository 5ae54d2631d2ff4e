import { useMemo } from 'react';
import { useTimeRange } from '../../address/time-range.ts';
import { useList } from '../../data/use-list.ts';
import { More } from '../../parts/more.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { SaveButtons } from '../../parts/save-buttons.tsx';
import { VirtualTable } from '../../parts/table/virtual-table.tsx';
import { FLOW_FILE_COLUMNS, flowColumns } from './flow-columns.tsx';
import { FLOWS } from './operations.ts';
import { useFlowFilter } from './use-flow-filter.ts';
import { useNames } from './use-names.ts';

/** The flows of the range that match the filter, newest report first. */
export function FlowList() {
  const { from, to } = useTimeRange();
  const { names } = useNames();
  const { filter, problems, error, retry } = useFlowFilter();
  const columns = useMemo(() => flowColumns(names), [names]);
  const list = useList(
    FLOWS,
    { filter: filter ?? null, from, to },
    { pick: data => data.flows, enabled: filter !== undefined },
  );
  if (problems.length > 0) return null;
  return (
    <Panel
      title="Newest first"
      actions={<SaveButtons of="Flows" columns={FLOW_FILE_COLUMNS} rows={list.items} />}
      flush
    >
      <Loaded data={list.items} error={error ?? list.error} onRetry={error ? retry : list.retry}>
        {items => (
          <>
            {items.length === 0 && (
              <Empty>
                {list.hasMore
                  ? 'No matching flow so far. Load more to continue the search.'
                  : 'No flow in this range matches the filter. Choose another range, or remove a condition.'}
              </Empty>
            )}
            {items.length > 0 && (
              <VirtualTable
                label="Flows"
                columns={columns}
                rows={items}
                rowId={({ id }) => id}
                maxRows={20}
              />
            )}
            <More list={list} />
          </>
        )}
      </Loaded>
    </Panel>
  );
}
