import { useMemo } from 'react';
import { useAddress } from '../../address/search.ts';
import { useMay } from '../../data/me.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { useChange } from '../../data/use-change.ts';
import { Button } from '../../parts/button.tsx';
import { Time } from '../../parts/figures.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';
import { MuteForm } from './mute-form.tsx';
import { MUTES, type MuteRow, REMOVE_MUTE, THRESHOLDS } from './operations.ts';

/** A mute ends by itself. */
const REFRESH_MS = 60_000;

/** Mutes: alarms that are not delivered for some time. */
export function MuteList() {
  const may = useMay();
  const [{ mute }, setAddress] = useAddress();
  const changedBy = ['MUTE_', 'CHANGE_UNDONE'];
  const answer = useAnswer(MUTES, {}, { everyMs: REFRESH_MS, changedBy });
  const thresholds = useAnswer(THRESHOLDS, {}).data?.data.thresholds.items;
  const remove = useChange(REMOVE_MUTE, { done: ({ removeMute }) => removeMute });
  const mayRemove = may('removeMute');
  const { run } = remove;
  const columns = useMemo(() => {
    const names = new Map(thresholds?.map(({ id, name }) => [id, name]));
    return [...columnsOf(names), ...(mayRemove ? [endColumn(id => run({ id }))] : [])];
  }, [thresholds, mayRemove, run]);
  const actions = may('setMute') && (
    <Button kind="primary" onPress={() => setAddress({ mute: 'all' })}>
      New mute
    </Button>
  );
  return (
    <Panel title="Mutes" actions={actions} flush>
      {remove.error && <Notice kind="bad">{remove.error.message}</Notice>}
      <Loaded data={answer.data?.data.mutes.items} error={answer.error} onRetry={() => void answer.refetch()}>
        {rows =>
          rows.length === 0 ? (
            <Empty>There are no mutes: every alarm is delivered.</Empty>
          ) : (
            <VirtualTable label="Mutes" columns={columns} rows={rows} rowId={({ id }) => id} />
          )
        }
      </Loaded>
      {mute !== undefined && may('setMute') && (
        <MuteForm
          target={mute === 'all' ? '' : mute}
          thresholds={thresholds ?? []}
          onClose={() => setAddress({ mute: undefined })}
        />
      )}
    </Panel>
  );
}

function columnsOf(names: ReadonlyMap<string, string>): Column<MuteRow>[] {
  return [
    {
      id: 'what',
      head: 'Alarms',
      width: 'minmax(160px, 3fr)',
      cell: ({ target, threshold_id }) => <bdi>{meant(target, threshold_id, names)}</bdi>,
    },
    { id: 'reason', head: 'Why', width: 'minmax(120px, 3fr)', cell: ({ reason }) => <bdi>{reason}</bdi> },
    { id: 'until', head: 'Until', width: '168px', cell: ({ until }) => <Time at={until} /> },
  ];
}

function meant(
  target: string | null,
  threshold_id: string | null,
  names: ReadonlyMap<string, string>,
): string {
  if (threshold_id !== null) return `Threshold ${names.get(threshold_id) ?? threshold_id}`;
  return target === null ? 'All' : `About ${target}`;
}

const endColumn = (onEnd: (id: string) => void): Column<MuteRow> => ({
  id: 'end',
  head: '',
  width: '64px',
  cell: ({ id, reason }) => (
    <Button kind="quiet" aria-label={`End ${reason}`} onPress={() => onEnd(id)}>
      End
    </Button>
  ),
});
