import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useAddress } from '../../address/search.ts';
import { useMay } from '../../data/me.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { useChange } from '../../data/use-change.ts';
import { type Figure, useFigures } from '../../data/use-figures.ts';
import { useList } from '../../data/use-list.ts';
import { Button } from '../../parts/button.tsx';
import { Bytes, Rate } from '../../parts/figures.tsx';
import { UNKNOWN } from '../../parts/format.ts';
import { More } from '../../parts/more.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { SearchBox } from '../../parts/search-box.tsx';
import { Sparkline } from '../../parts/sparkline.tsx';
import { Status } from '../../parts/status.tsx';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';
import { matchText } from './match-text.ts';
import { POLICIES, type PolicyRow, SHADOWED_POLICIES, TOGGLE_POLICY } from './operations.ts';
import { useTrends } from './use-trends.ts';

const CHANGED_BY = ['POLICY', 'CHANGE_UNDONE'];

/** The defined policies in matching order, with live figures. */
export function PolicyList() {
  const may = useMay();
  const [{ q }, setAddress] = useAddress();
  const list = useList(
    POLICIES,
    { filter: q ? { text: q } : null },
    { pick: data => data.policies, changedBy: CHANGED_BY },
  );
  const figures = useFigures('POLICIES').data?.items;
  const shadowed = useAnswer(SHADOWED_POLICIES, {}, { changedBy: CHANGED_BY }).data?.data.shadowedPolicies;
  const { trends, onSight } = useTrends(list.items);
  const toggle = useChange(TOGGLE_POLICY, {
    done: ({ togglePolicy: { id, name, enabled } }) => ({
      message: `Policy ${name} was ${enabled ? 'enabled' : 'disabled'}.`,
      change: { operation: 'togglePolicy', target: `policy:${id}` },
    }),
  });
  const mayChange = may('updatePolicy');
  const { run } = toggle;
  const columns = useMemo(
    () =>
      columnsOf({
        figures,
        trends,
        shadows: new Map(
          shadowed?.items.map(({ policy, shadowed_by }) => [
            policy.policy_id,
            shadowed_by.map(({ policy_name }) => policy_name),
          ]),
        ),
        ...(mayChange && {
          onOpen: (id: string) => setAddress({ policy: id }),
          onToggle: ({ id, enabled, updated_at }: PolicyRow) =>
            run({ id, enabled: !enabled, if_updated_at: updated_at }),
        }),
      }),
    [figures, trends, shadowed, mayChange, setAddress, run],
  );
  const actions = (
    <div className="panel-actions">
      <SearchBox
        label="Search policies"
        value={q ?? ''}
        onChange={text => setAddress({ q: text || undefined }, { replace: true })}
      />
      {may('createPolicy') && (
        <Button kind="primary" onPress={() => setAddress({ new: 'policy' })}>
          New policy
        </Button>
      )}
    </div>
  );
  return (
    <Panel title="Policies in matching order" actions={actions} flush>
      {toggle.error && <Notice kind="bad">{toggle.error.message}</Notice>}
      <Loaded data={list.items} error={list.error} onRetry={list.retry}>
        {items =>
          items.length === 0 ? (
            <Empty>No policy has this text in its name or id.</Empty>
          ) : (
            <>
              <VirtualTable
                label="Policies"
                columns={columns}
                rows={items}
                rowId={({ id }) => id}
                maxRows={20}
                onSight={onSight}
              />
              <More list={list} />
            </>
          )
        }
      </Loaded>
    </Panel>
  );
}

interface Shown {
  figures: ReadonlyMap<string, Figure> | undefined;
  /** Rates of the last hour by policy, of the largest. */
  trends: ReadonlyMap<string, readonly (number | null)[]> | undefined;
  /** By id of a policy that can never match: the names of the policies that match all its flows. */
  shadows: ReadonlyMap<string | null, readonly string[]>;
  onOpen?(id: string): void;
  onToggle?(policy: PolicyRow): void;
}

function columnsOf({ figures, trends, shadows, onOpen, onToggle }: Shown): Column<PolicyRow>[] {
  const columns: Column<PolicyRow>[] = [
    {
      id: 'priority',
      head: 'Priority',
      width: '72px',
      end: true,
      cell: ({ priority, built_in }) => (built_in ? 'last' : priority),
    },
    {
      id: 'name',
      head: 'Policy',
      width: 'minmax(112px, 2fr)',
      cell: ({ id, name }) => (
        <Link to="." search={(now: object) => ({ ...now, policy: id }) as never}>
          <bdi>{name}</bdi>
        </Link>
      ),
    },
    { id: 'match', head: 'Match', width: 'minmax(168px, 3fr)', cell: ({ match }) => matchText(match) },
    {
      id: 'state',
      head: 'State',
      width: '144px',
      cell: ({ id, enabled }) => <State enabled={enabled} shadow={shadows.get(id)} />,
    },
    {
      id: 'trend',
      head: 'Last hour',
      width: '112px',
      cell: ({ id, name }) => {
        const values = trends?.get(id);
        if (!values?.some(value => value !== null)) return <span className="muted">{UNKNOWN}</span>;
        return <Sparkline values={values} label={`Throughput of ${name} in the last hour`} />;
      },
    },
    {
      id: 'rate',
      head: 'Now',
      width: '104px',
      end: true,
      cell: ({ id }) => <Rate rate={figures?.get(id)?.rate} />,
    },
    {
      id: 'bytes',
      head: 'Bytes',
      width: '96px',
      end: true,
      cell: ({ id }) => <Bytes exact={figures?.get(id)?.bytes_exact} />,
    },
  ];
  if (!onOpen || !onToggle) return columns;
  const change: Column<PolicyRow> = {
    id: 'change',
    head: '',
    width: '96px',
    cell: ({ id, name, built_in }) =>
      !built_in && (
        <Button kind="quiet" aria-label={`Change ${name}`} onPress={() => onOpen(id)}>
          Change…
        </Button>
      ),
  };
  const toggle: Column<PolicyRow> = {
    id: 'toggle',
    head: '',
    width: '112px',
    cell: policy => {
      const word = policy.enabled ? 'Disable' : 'Enable';
      return (
        !policy.built_in && (
          <Button kind="quiet" aria-label={`${word} ${policy.name}`} onPress={() => onToggle(policy)}>
            {word}
          </Button>
        )
      );
    },
  };
  return [...columns, change, toggle];
}

function State({ enabled, shadow }: { enabled: boolean; shadow: readonly string[] | undefined }) {
  if (!enabled) return <Status kind="unknown">Off</Status>;
  if (!shadow) return <Status kind="good">On</Status>;
  const why =
    shadow.length === 0
      ? 'No flow meets all of its conditions.'
      : `All its flows match ${shadow.join(', ')}.`;
  return (
    <span title={why}>
      <Status kind="warn">Never matches</Status>
      <span className="visually-hidden">{why}</span>
    </span>
  );
}
