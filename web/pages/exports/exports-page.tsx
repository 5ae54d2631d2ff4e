import { useMemo } from 'react';
import { useAddress } from '../../address/search.ts';
import { ask } from '../../data/ask.ts';
import { useIsAdmin, useMay } from '../../data/me.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { useChange } from '../../data/use-change.ts';
import { Button } from '../../parts/button.tsx';
import { Bytes, Count, Time } from '../../parts/figures.tsx';
import { percent } from '../../parts/format.ts';
import { Notice } from '../../parts/notice.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { Status, type StatusKind } from '../../parts/status.tsx';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { showToast } from '../../parts/toasts.tsx';
import { ExportForm } from './export-form.tsx';
import { EXPORT_KIND_TEXTS } from './export-kinds.ts';
import { CANCEL_EXPORT, EXPORT_LINK, EXPORTS, type ExportRow } from './operations.ts';

/** How often the list is reloaded while an export is running; no event reports its progress. */
const RUNNING_MS = 5_000;
const AT_REST_MS = 60_000;

const STATUSES: Record<ExportRow['status'], { word: string; kind: StatusKind }> = {
  RUNNING: { word: 'Running', kind: 'info' },
  DONE: { word: 'Done', kind: 'good' },
  FAILED: { word: 'Failed', kind: 'bad' },
  CANCELLED: { word: 'Cancelled', kind: 'unknown' },
};

/**
 * Exports: running ones with their progress, finished ones with their file, and a form for new
 * ones.
 */
export function Page() {
  const [address, setAddress] = useAddress();
  const may = useMay();
  const isAdmin = useIsAdmin();
  const everybody = isAdmin && address.owner === 'everybody';
  const answer = useAnswer(
    EXPORTS,
    { everybody, next_token: null },
    {
      changedBy: ['EXPORT'],
      everyMs: data =>
        data?.exports.items.some(({ status }) => status === 'RUNNING') ? RUNNING_MS : AT_REST_MS,
    },
  );
  const items = answer.data?.data.exports.items;
  const cancel = useChange(CANCEL_EXPORT, {
    done: ({ cancelExport }) => ({ message: `The export ${cancelExport.file_name} was cancelled.` }),
  });
  const { run: runCancel, isPending } = cancel;
  const columns = useMemo(
    () => columnsOf({ isPending, onCancel: id => runCancel({ id }), showsOwner: everybody }),
    [isPending, runCancel, everybody],
  );
  const close = (): void => setAddress({ new: undefined });
  return (
    <div className="page">
      <div className="page-head">
        <h1>Exports</h1>
        {isAdmin && (
          <Tabs
            label="Whose exports"
            tabs={[
              { id: 'own', title: 'Mine' },
              { id: 'everybody', title: 'All' },
            ]}
            chosen={everybody ? 'everybody' : 'own'}
            onChoose={owner => setAddress({ owner: owner === 'own' ? undefined : owner })}
          />
        )}
        <span className="spacer" />
        {may('startExport') && (
          <Button kind="primary" onPress={() => setAddress({ new: 'HISTORY' })}>
            New export
          </Button>
        )}
      </div>
      <Panel title="Files" flush>
        {cancel.error && <Notice kind="bad">{cancel.error.message}</Notice>}
        <Loaded data={items} error={answer.error} onRetry={() => void answer.refetch()}>
          {rows =>
            rows.length === 0 ? (
              <Empty>
                There are no exports yet. A file can be downloaded for some days after it is done.
              </Empty>
            ) : (
              <VirtualTable
                label="Exports"
                columns={columns}
                rows={rows}
                rowId={row => row.id}
                maxRows={20}
              />
            )
          }
        </Loaded>
      </Panel>
      {address.new !== undefined && <ExportForm given={address} onClose={close} />}
    </div>
  );
}

interface ColumnOptions {
  isPending: boolean;
  onCancel(id: string): void;
  showsOwner: boolean;
}

function columnsOf({ isPending, onCancel, showsOwner }: ColumnOptions): Column<ExportRow>[] {
  const columns: Column<ExportRow>[] = [
    {
      id: 'status',
      head: 'Status',
      width: '112px',
      cell: ({ status }) => <Status kind={STATUSES[status].kind}>{STATUSES[status].word}</Status>,
    },
    { id: 'kind', head: 'Kind', width: '88px', cell: ({ kind }) => EXPORT_KIND_TEXTS[kind].word },
    {
      id: 'file',
      head: 'File',
      width: 'minmax(240px, 2fr)',
      cell: ({ file_name, error }) => <span title={error ?? file_name}>{error ?? file_name}</span>,
    },
    {
      id: 'progress',
      head: 'Progress',
      width: '152px',
      cell: row =>
        row.status === 'RUNNING' ? (
          <>
            <progress aria-label={`Progress of ${row.file_name}`} max={1} value={row.progress} />{' '}
            {percent(row.progress * 100)}
          </>
        ) : (
          <Time at={row.finished_at} relative />
        ),
    },
    // Before what is only read: a narrow window shows it without scrolling.
    {
      id: 'act',
      head: '',
      width: '112px',
      cell: ({ id, status, file_name }) => {
        if (status === 'DONE') {
          return (
            <Button kind="quiet" aria-label={`Download ${file_name}`} onPress={() => download(id)}>
              Download
            </Button>
          );
        }
        if (status !== 'RUNNING') return null;
        return (
          <Button
            kind="quiet"
            isDisabled={isPending}
            aria-label={`Cancel ${file_name}`}
            onPress={() => onCancel(id)}
          >
            Cancel
          </Button>
        );
      },
    },
    {
      id: 'rows',
      head: 'Rows',
      width: '112px',
      end: true,
      cell: ({ rows }) => <Count exact={rows} of="rows" />,
    },
    {
      id: 'bytes',
      head: 'Size',
      width: '88px',
      end: true,
      cell: ({ bytes }) => <Bytes exact={String(bytes)} />,
    },
    { id: 'from', head: 'From', width: '176px', cell: ({ from }) => <Time at={from} /> },
    { id: 'to', head: 'To', width: '176px', cell: ({ to }) => <Time at={to} /> },
    { id: 'until', head: 'Kept until', width: '176px', cell: row => <Time at={row.expires_at} /> },
  ];
  if (showsOwner) {
    columns.push({
      id: 'owner',
      head: 'Started by',
      width: 'minmax(144px, 1fr)',
      cell: ({ owner: { email, username, sub } }) => <bdi>{email ?? username ?? sub}</bdi>,
    });
  }
  return columns;
}

/**
 * Requests a link that is valid for some minutes and opens it; the response is a file, so the page
 * stays open.
 */
function download(id: string): void {
  ask(EXPORT_LINK, { id }).then(
    ({ data }) => location.assign(data.exportLink.url),
    (cause: Error) => showToast({ kind: 'bad', text: cause.message }),
  );
}
