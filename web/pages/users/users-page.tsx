import { useMemo, useState } from 'react';
import { useGroups, useMay } from '../../data/me.ts';
import { useChange } from '../../data/use-change.ts';
import { useList } from '../../data/use-list.ts';
import { Button } from '../../parts/button.tsx';
import { ConfirmDialog } from '../../parts/dialog.tsx';
import { Time } from '../../parts/figures.tsx';
import { UNKNOWN } from '../../parts/format.ts';
import { More } from '../../parts/more.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { Status, type StatusKind } from '../../parts/status.tsx';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';
import { GroupsForm } from './groups-form.tsx';
import { InviteForm } from './invite-form.tsx';
import { SET_USER_ENABLED, USERS, type UserRow } from './operations.ts';

/** The dialog that is open. */
type Open = { what: 'INVITE'; user?: UserRow } | { what: 'GROUPS' | 'DISABLE'; user: UserRow };

/** The people who can sign in, their groups, and actions to change both, for administrators. */
export function Page() {
  const may = useMay();
  return (
    <div className="page">
      <div className="page-head">
        <h1>Users</h1>
      </div>
      <Loaded data={useGroups()} onRetry={() => {}}>
        {() =>
          may('users') ? <UserPanel /> : <Notice kind="info">Only administrators can see the users.</Notice>
        }
      </Loaded>
    </div>
  );
}

function UserPanel() {
  const [open, setOpen] = useState<Open>();
  const list = useList(USERS, {}, { pick: data => data.users, changedBy: ['USER'] });
  const close = (): void => setOpen(undefined);
  const enabling = useChange(SET_USER_ENABLED, {
    done: ({ setUserEnabled: { audit_id, user } }) => ({
      message: `The account was ${user.enabled ? 'enabled' : 'disabled'}.`,
      audit_id,
    }),
    onDone: close,
  });
  const { run, isPending } = enabling;
  const columns = useMemo(
    () => columnsOf({ open: setOpen, isPending, enable: user_id => run({ user_id, enabled: true }) }),
    [isPending, run],
  );
  const invite = (
    <Button kind="primary" onPress={() => setOpen({ what: 'INVITE' })}>
      Invite a person
    </Button>
  );
  return (
    <Panel title="Users" actions={invite} flush>
      {enabling.error && open === undefined && <Notice kind="bad">{enabling.error.message}</Notice>}
      <Loaded data={list.items} error={list.error} onRetry={list.retry}>
        {rows =>
          rows.length === 0 ? (
            <Empty>The user pool has no users.</Empty>
          ) : (
            <>
              <VirtualTable label="Users" columns={columns} rows={rows} rowId={({ id }) => id} maxRows={20} />
              <More list={list} />
            </>
          )
        }
      </Loaded>
      {open?.what === 'INVITE' && (
        <InviteForm
          invited={open.user && { email: nameOf(open.user), groups: open.user.groups }}
          onClose={close}
        />
      )}
      {open?.what === 'GROUPS' && <GroupsForm user={open.user} onClose={close} />}
      {open?.what === 'DISABLE' && (
        <ConfirmDialog
          title={`Disable ${nameOf(open.user)}`}
          confirm="Disable"
          isPending={isPending}
          error={enabling.error}
          onConfirm={() => run({ user_id: open.user.id, enabled: false })}
          onClose={() => {
            enabling.reset();
            close();
          }}
        >
          <p>
            They can no longer sign in. After at most a minute they cannot change anything. A page that is
            already open can read data for at most one hour.
          </p>
        </ConfirmDialog>
      )}
    </Panel>
  );
}

const nameOf = ({ email, id }: UserRow): string => email ?? id;

const GROUP_WORDS = { viewer: 'Viewer', operator: 'Operator', admin: 'Administrator' } as const;

const STATUSES: Record<UserRow['status'], { word: string; kind: StatusKind }> = {
  INVITED: { word: 'Invited', kind: 'info' },
  ACTIVE: { word: 'Active', kind: 'good' },
  OTHER: { word: 'Other', kind: 'warn' },
};

interface Actions {
  open(what: Open): void;
  enable(id: string): void;
  isPending: boolean;
}

function columnsOf({ open, enable, isPending }: Actions): Column<UserRow>[] {
  return [
    {
      id: 'email',
      head: 'Person',
      width: 'minmax(160px, 3fr)',
      cell: user => (
        <bdi className="clip" title={nameOf(user)}>
          {nameOf(user)}
        </bdi>
      ),
    },
    {
      id: 'groups',
      head: 'Groups',
      width: 'minmax(120px, 2fr)',
      cell: ({ groups }) => groups.map(group => GROUP_WORDS[group]).join(', ') || UNKNOWN,
    },
    {
      id: 'status',
      head: 'Status',
      width: '112px',
      cell: ({ status, enabled }) => {
        if (!enabled) return <Status kind="unknown">Disabled</Status>;
        const { word, kind } = STATUSES[status];
        return <Status kind={kind}>{word}</Status>;
      },
    },
    {
      id: 'mfa',
      head: 'MFA',
      width: '56px',
      cell: ({ mfa }) => (
        <span title={mfa ? 'Signs in with a second factor' : 'Signs in with only a password'}>
          {mfa ? 'Yes' : 'No'}
        </span>
      ),
    },
    {
      id: 'created',
      head: 'Invited',
      width: '96px',
      cell: ({ created_at }) => <Time at={created_at} relative />,
    },
    {
      id: 'updated',
      head: 'Last change',
      width: '104px',
      cell: ({ updated_at }) => <Time at={updated_at} relative />,
    },
    {
      id: 'actions',
      head: '',
      width: '232px',
      end: true,
      cell: user => (
        <>
          {user.enabled && user.status === 'INVITED' && (
            <Button
              kind="quiet"
              aria-label={`Invite ${nameOf(user)} again`}
              onPress={() => open({ what: 'INVITE', user })}
            >
              Invite…
            </Button>
          )}
          <Button
            kind="quiet"
            aria-label={`Change groups of ${nameOf(user)}`}
            onPress={() => open({ what: 'GROUPS', user })}
          >
            Groups…
          </Button>
          {user.enabled ? (
            <Button
              kind="quiet"
              aria-label={`Disable ${nameOf(user)}`}
              onPress={() => open({ what: 'DISABLE', user })}
            >
              Disable…
            </Button>
          ) : (
            <Button
              kind="quiet"
              aria-label={`Enable ${nameOf(user)}`}
              isPending={isPending}
              onPress={() => enable(user.id)}
            >
              Enable
            </Button>
          )}
        </>
      ),
    },
  ];
}
