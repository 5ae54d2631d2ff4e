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

/** The flows that the filter takes, as reports come. */
export function LiveTail() {
  const [{ q = '' }] = useAddress();
  const { filter, problems, error, retry } = useFlowFilter();
  if (problems.length > 0) return null;
  if (filter) return <TailOf key={q} filter={filter} />;
  return (
    <Panel title="As they come">
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
        {isPaused ? 'Go on' : 'Pause'}
      </Button>
      <SaveButtons of="Flows as they came" columns={FLOW_FILE_COLUMNS} rows={shown} />
    </div>
  );
  return (
    <Panel title="As they come" actions={actions} flush>
      {error && (
        <Notice kind="warn">The last look failed; the next one takes what it missed. {error.message}</Notice>
      )}
      {dropped > 0 && (
        <Notice kind="warn">{`${count(dropped)} that waited were too many to keep: the list has them.`}</Notice>
      )}
      {isIncomplete && (
        <Notice kind="warn">
          More came at once than can be followed: the list has all of it. Ask for less.
        </Notice>
      )}
      {shown.length > 0 ? (
        <VirtualTable label="Live flows" columns={columns} rows={shown} rowId={({ id }) => id} maxRows={20} />
      ) : (
        <Empty>
          {hasLooked
            ? 'Nothing like this has come in the last minute. It appears here when it does.'
            : 'Looking…'}
        </Empty>
      )}
    </Panel>
  );
}
