import { useMemo } from 'react';
import { useAddress } from '../../address/search.ts';
import { useMay } from '../../data/me.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { useChange } from '../../data/use-change.ts';
import { Button } from '../../parts/button.tsx';
import { UNKNOWN } from '../../parts/format.ts';
import { Notice } from '../../parts/notice.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { Status, type StatusKind } from '../../parts/status.tsx';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';
import { figureText, METRIC_WORDS, SCOPES, type Scope } from './metrics.ts';
import { REMOVE_THRESHOLD, THRESHOLDS, type ThresholdRow } from './operations.ts';
import { ThresholdForm } from './threshold-form.tsx';

/** Thresholds are judged each minute. */
const REFRESH_MS = 60_000;

/**
 * The thresholds with their current figures; a form creates one, also from an address that names
 * the target.
 */
export function ThresholdList() {
  const may = useMay();
  const [{ threshold: open, set, on }, setAddress] = useAddress();
  const answer = useAnswer(
    THRESHOLDS,
    {},
    { everyMs: REFRESH_MS, changedBy: ['THRESHOLD_', 'CHANGE_UNDONE'] },
  );
  const remove = useChange(REMOVE_THRESHOLD, { done: ({ removeThreshold }) => removeThreshold });
  const mayChange = may('updateThreshold');
  const mayRemove = may('removeThreshold');
  const { run } = remove;
  const columns = useMemo(
    () =>
      columnsOf({
        ...(mayChange && { onOpen: (id: string) => setAddress({ threshold: id }) }),
        ...(mayRemove && { onRemove: (id: string) => run({ id }) }),
      }),
    [mayChange, mayRemove, setAddress, run],
  );
  const items = answer.data?.data.thresholds.items;
  const opened = items?.find(({ id }) => id === open);
  const actions = may('setThreshold') && (
    <Button kind="primary" onPress={() => setAddress({ set: 'EDGE' })}>
      New threshold
    </Button>
  );
  return (
    <Panel title="Thresholds" actions={actions} flush>
      {remove.error && <Notice kind="bad">{remove.error.message}</Notice>}
      <Loaded data={items} error={answer.error} onRetry={() => void answer.refetch()}>
        {rows =>
          rows.length === 0 ? (
            <Empty>
              There are no thresholds yet. A threshold raises an alarm when a figure is above or below a
              value.
            </Empty>
          ) : (
            <VirtualTable
              label="Thresholds"
              columns={columns}
              rows={rows}
              rowId={({ id }) => id}
              maxRows={20}
            />
          )
        }
      </Loaded>
      {set !== undefined && may('setThreshold') && (
        <ThresholdForm
          scope={set in SCOPES ? (set as Scope) : 'EDGE'}
          target={on ?? ''}
          onClose={() => setAddress({ set: undefined, on: undefined })}
        />
      )}
      {opened && mayChange && (
        <ThresholdForm
          key={opened.id}
          threshold={opened}
          onClose={() => setAddress({ threshold: undefined })}
        />
      )}
    </Panel>
  );
}

const STATUS: Record<ThresholdRow['status'], { kind: StatusKind; word: string }> = {
  WITHIN: { kind: 'good', word: 'OK' },
  BEYOND: { kind: 'warn', word: 'Pending' },
  RAISED: { kind: 'bad', word: 'Alarm' },
  UNKNOWN: { kind: 'unknown', word: 'Not known' },
};

interface Offered {
  onOpen?(id: string): void;
  onRemove?(id: string): void;
}

function columnsOf({ onOpen, onRemove }: Offered): Column<ThresholdRow>[] {
  const buttons: Column<ThresholdRow>[] = [];
  if (onOpen) {
    buttons.push({
      id: 'change',
      head: '',
      width: '88px',
      cell: ({ id, name }) => (
        <Button kind="quiet" aria-label={`Change ${name}`} onPress={() => onOpen(id)}>
          Change…
        </Button>
      ),
    });
  }
  if (onRemove) {
    buttons.push({
      id: 'remove',
      head: '',
      width: '80px',
      cell: ({ id, name }) => (
        <Button kind="quiet" aria-label={`Remove ${name}`} onPress={() => onRemove(id)}>
          Remove
        </Button>
      ),
    });
  }
  return [...COLUMNS, ...buttons];
}

const COLUMNS: readonly Column<ThresholdRow>[] = [
  { id: 'name', head: 'Threshold', width: 'minmax(96px, 2fr)', cell: ({ name }) => <bdi>{name}</bdi> },
  {
    id: 'target',
    head: 'On',
    width: 'minmax(120px, 2fr)',
    cell: ({ scope, target_id, target_name }) => (
      <span title={target_id}>
        {SCOPES[scope].word} <bdi>{target_name ?? target_id}</bdi>
      </span>
    ),
  },
  { id: 'metric', head: 'Figure', width: '104px', cell: ({ metric }) => METRIC_WORDS[metric] },
  {
    id: 'limit',
    head: 'Limit',
    width: 'minmax(176px, 3fr)',
    cell: row => (
      <span title={`The alarm clears at ${figureText(row.clear_value, row)}`}>
        {row.direction === 'ABOVE' ? 'above' : 'below'} {figureText(row.value, row)} for {row.minutes} min
      </span>
    ),
  },
  {
    id: 'current',
    head: 'Now',
    width: '96px',
    end: true,
    cell: row =>
      row.current_value === null ? (
        <span className="muted" title="Not known">
          {UNKNOWN}
        </span>
      ) : (
        <data value={row.current_value} title={`${row.current_value} ${row.unit}`}>
          {figureText(row.current_value, row)}
        </data>
      ),
  },
  {
    id: 'status',
    head: 'State',
    width: '104px',
    cell: ({ status }) => <Status kind={STATUS[status].kind}>{STATUS[status].word}</Status>,
  },
];
