import { useState } from 'react';
import { useMay } from '../../data/me.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { useChange } from '../../data/use-change.ts';
import { Button } from '../../parts/button.tsx';
import { Time } from '../../parts/figures.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';
import { GroupForm } from './group-form.tsx';
import { DELETE_GROUP, type GroupRow, NAMED_GROUPS } from './operations.ts';

/** Named groups of networks and ports, for filters and sums. */
export function GroupsView() {
  const may = useMay();
  const [open, setOpen] = useState<GroupRow | 'NEW'>();
  const answer = useAnswer(NAMED_GROUPS, {}, { changedBy: ['GROUP', 'CHANGE_UNDONE'] });
  const remove = useChange(DELETE_GROUP, {
    done: ({ deleteNamedGroup: { name } }) => ({
      message: `Group ${name} was deleted.`,
      change: { operation: 'deleteNamedGroup', target: `group:${name.toLowerCase()}` },
    }),
  });
  const actions = may('saveNamedGroup') && (
    <Button kind="primary" onPress={() => setOpen('NEW')}>
      New group
    </Button>
  );
  const columns = columnsOf({
    ...(may('saveNamedGroup') && { onOpen: setOpen }),
    ...(may('deleteNamedGroup') && {
      onDelete: ({ name, updated_at }) => remove.run({ name, if_updated_at: updated_at }),
    }),
  });
  return (
    <Panel title="Groups of networks and ports" actions={actions} flush>
      {remove.error && <Notice kind="bad">{remove.error.message}</Notice>}
      <Loaded data={answer.data?.data.namedGroups} error={answer.error} onRetry={() => void answer.refetch()}>
        {groups =>
          groups.length === 0 ? (
            <Empty>
              There are no groups yet. Use a group in a filter as src:@Offices or port:@Mail, and sum traffic
              by them.
            </Empty>
          ) : (
            <VirtualTable
              label="Groups"
              columns={columns}
              rows={groups}
              rowId={({ name }) => name}
              maxRows={20}
            />
          )
        }
      </Loaded>
      {open && <GroupForm {...(open !== 'NEW' && { group: open })} onClose={() => setOpen(undefined)} />}
    </Panel>
  );
}

interface Offered {
  onOpen?(group: GroupRow): void;
  onDelete?(group: GroupRow): void;
}

function columnsOf({ onOpen, onDelete }: Offered): Column<GroupRow>[] {
  return [
    { id: 'name', head: 'Group', width: 'minmax(112px, 2fr)', cell: ({ name }) => `@${name}` },
    {
      id: 'kind',
      head: 'Of',
      width: '96px',
      cell: ({ kind }) => (kind === 'PORTS' ? 'Ports' : 'Networks'),
    },
    {
      id: 'members',
      head: 'Members',
      width: 'minmax(160px, 3fr)',
      cell: ({ members }) => <span title={members.join('\n')}>{members.join(', ')}</span>,
    },
    {
      id: 'updated',
      head: 'Changed',
      width: '112px',
      cell: ({ updated_at }) => <Time at={updated_at} relative />,
    },
    ...(onOpen && onDelete
      ? [
          {
            id: 'change',
            head: '',
            width: '184px',
            cell: (group: GroupRow) => (
              <>
                <Button kind="quiet" aria-label={`Change ${group.name}`} onPress={() => onOpen(group)}>
                  Change…
                </Button>
                <Button kind="quiet" aria-label={`Delete ${group.name}`} onPress={() => onDelete(group)}>
                  Delete
                </Button>
              </>
            ),
          },
        ]
      : []),
  ];
}
