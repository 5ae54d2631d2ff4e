import { useMemo, useState } from 'react';
import { useAddress } from '../../address/search.ts';
import { useMay } from '../../data/me.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { useChange } from '../../data/use-change.ts';
import { Button } from '../../parts/button.tsx';
import { ConfirmDialog } from '../../parts/dialog.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';
import { DeliveryLog } from './delivery-log.tsx';
import { DestinationForm } from './destination-form.tsx';
import { kindsText } from './kinds.ts';
import { DESTINATIONS, type DestinationRow, REMOVE_DESTINATION, TEST_DESTINATION } from './operations.ts';

/** The destinations of alarms, each with its log and a test. */
export function DestinationList() {
  const may = useMay();
  return may('setDestination') ? (
    <Destinations />
  ) : (
    <Panel title="Destinations">
      <Empty>Only administrators can see and change destinations.</Empty>
    </Panel>
  );
}

function Destinations() {
  const [{ destination: open, log }, setAddress] = useAddress();
  const [isNew, setNew] = useState(false);
  const [removing, setRemoving] = useState<DestinationRow>();
  const answer = useAnswer(DESTINATIONS, {}, { changedBy: ['DESTINATION_', 'CHANGE_UNDONE'] });
  const test = useChange(TEST_DESTINATION, { done: ({ testDestination }) => testDestination });
  const remove = useChange(REMOVE_DESTINATION, {
    done: ({ removeDestination }) => removeDestination,
    onDone: () => setRemoving(undefined),
  });
  const { run } = test;
  const columns = useMemo(
    () =>
      columnsOf({
        onLog: id => setAddress({ log: id }),
        onTest: id => {
          run({ id });
          setAddress({ log: id });
        },
        onOpen: id => setAddress({ destination: id }),
        onRemove: setRemoving,
      }),
    [setAddress, run],
  );
  const items = answer.data?.data.destinations.items;
  const opened = items?.find(({ id }) => id === open);
  const logged = items?.find(({ id }) => id === log);
  const actions = (
    <Button kind="primary" onPress={() => setNew(true)}>
      New destination
    </Button>
  );
  return (
    <>
      <Panel title="Destinations" actions={actions} flush>
        {test.error && <Notice kind="bad">{test.error.message}</Notice>}
        <Loaded data={items} error={answer.error} onRetry={() => void answer.refetch()}>
          {rows =>
            rows.length === 0 ? (
              <Empty>Alarms are not sent anywhere yet. Add a webhook or mail as a destination.</Empty>
            ) : (
              <VirtualTable label="Destinations" columns={columns} rows={rows} rowId={({ id }) => id} />
            )
          }
        </Loaded>
      </Panel>
      {logged && <DeliveryLog destination={logged} />}
      {isNew && <DestinationForm onClose={() => setNew(false)} />}
      {opened && (
        <DestinationForm
          key={opened.id}
          destination={opened}
          onClose={() => setAddress({ destination: undefined })}
        />
      )}
      {removing && (
        <ConfirmDialog
          title={`Remove ${removing.name}`}
          confirm="Remove"
          isPending={remove.isPending}
          error={remove.error}
          onConfirm={() => remove.run({ id: removing.id })}
          onClose={() => setRemoving(undefined)}
        >
          <p>Alarms are no longer sent to it. This cannot be undone, because its secret is deleted too.</p>
        </ConfirmDialog>
      )}
    </>
  );
}

interface Offered {
  onLog(id: string): void;
  onTest(id: string): void;
  onOpen(id: string): void;
  onRemove(destination: DestinationRow): void;
}

function columnsOf({ onLog, onTest, onOpen, onRemove }: Offered): Column<DestinationRow>[] {
  return [
    { id: 'name', head: 'Destination', width: 'minmax(120px, 2fr)', cell: ({ name }) => <bdi>{name}</bdi> },
    {
      id: 'where',
      head: 'Where',
      width: 'minmax(160px, 3fr)',
      cell: ({ url }) =>
        url === null ? (
          'Mail'
        ) : (
          <bdi className="clip" title={url}>
            {url}
          </bdi>
        ),
    },
    { id: 'kinds', head: 'Alarms', width: 'minmax(96px, 2fr)', cell: ({ kinds }) => kindsText(kinds) },
    ...(
      [
        ['log', '64px', 'Log', onLog],
        ['test', '64px', 'Test', onTest],
        ['change', '96px', 'Change…', onOpen],
      ] as const
    ).map(([id, width, text, onPress]) => ({
      ...{ id, width, head: '' },
      cell: (row: DestinationRow) => (
        <Button
          kind="quiet"
          aria-label={`${text.replace('…', '')} ${row.name}`}
          onPress={() => onPress(row.id)}
        >
          {text}
        </Button>
      ),
    })),
    {
      id: 'remove',
      head: '',
      width: '96px',
      cell: row => (
        <Button kind="quiet" aria-label={`Remove ${row.name}`} onPress={() => onRemove(row)}>
          Remove…
        </Button>
      ),
    },
  ];
}
