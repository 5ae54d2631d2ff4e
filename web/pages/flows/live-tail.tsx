import { useMemo } from 'react';
import { useAddress } from '../../address/search.ts';
import { Button } from '../../parts/button.tsx';
import { count } from '../../parts/format.ts';
import { Notice } from '../../parts/notice.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { SaveButtons } from '../../parts/save-buttons.tsx';
import { VirtualTable } from '../../parts/table/virtual-table.tsx';
import { FLOW_FILE_COLUMNS, flowColumns } from './flow-columns.tsx';
import { type FlowFilterInput, useFlowFilter } from './use-flow-filter.ts';
import { useNames } from './use-names.ts';
import { useTail } from './use-tail.ts';

/** The flows that match the filter, as reports arrive. */
export function LiveTail() {
  const [{ q = '' }] = useAddress();
  const { filter, problems, error, retry } = useFlowFilter();
  if (problems.length > 0) return null;
  if (filter) return <TailOf key={q} filter={filter} />;
  return (
    <Panel title="Live">
      <Loaded data={undefined} error={error} onRetry={retry}>
        {() => null}
      </Loaded>
    </Panel>
  );
}

function TailOf({ filter }: { filter: FlowFilterInput }) {
  const { names } = useNames();
  const columns = useMemo(() => flowColumns(names), [names]);
  const { shown, waiting, isPaused, dropped, isIncomplete, error, hasLooked, pause, resume } =
    useTail(filter);
  const actions = (
    <div className="panel-actions">
      <span role="status" className="muted">
        {isPaused ? `Paused, ${count(waiting.length)} waiting` : 'Live'}
      </span>
      <Button kind={isPaused ? 'primary' : 'plain'} onPress={isPaused ? resume : pause}>
        {isPaused ? 'Resume' : 'Pause'}
      </Button>
      <SaveButtons of="Live flows" columns={FLOW_FILE_COLUMNS} rows={shown} />
    </div>
  );
  return (
    <Panel title="Live" actions={actions} flush>
      {error && (
        <Notice kind="warn">The last look failed; the next one takes what it missed. {error.message}</Notice>
      )}
      {dropped > 0 && (
        <Notice kind="warn">{`${count(dropped)} waiting flows were dropped here, because there were too many. The list has them.`}</Notice>
      )}
      {isIncomplete && (
        <Notice kind="warn">
          More flows arrived than can be shown. The list has all of them. Narrow the filter.
        </Notice>
      )}
      {shown.length > 0 ? (
        <VirtualTable label="Live flows" columns={columns} rows={shown} rowId={({ id }) => id} maxRows={20} />
      ) : (
        <Empty>
          {hasLooked ? 'No matching flow has arrived in the last minute. New ones appear here.' : 'Looking…'}
        </Empty>
      )}
    </Panel>
  );
}
