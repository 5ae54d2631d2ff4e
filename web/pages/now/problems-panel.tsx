import { Link } from '@tanstack/react-router';
import { graphql } from '../../data/graphql.ts';
import { useMay } from '../../data/me.ts';
import { useChange } from '../../data/use-change.ts';
import { namedTitle } from '../../panels/named-title.ts';
import { Button } from '../../parts/button.tsx';
import { Time } from '../../parts/figures.tsx';
import { Loaded, Panel } from '../../parts/panel.tsx';
import { Status, type StatusKind } from '../../parts/status.tsx';
import { addressOf } from './address-of.ts';
import type { Overview } from './operations.ts';
import type { Now } from './use-now.ts';

const ACKNOWLEDGE = graphql(`
  mutation AcknowledgeAlarm($id: ID!) {
    acknowledgeAlarm(id: $id) { id title }
  }
`);

type Alarm = NonNullable<Overview['problems']>[number];

const SEVERITIES: Record<Alarm['severity'], { kind: StatusKind; word: string }> = {
  CRITICAL: { kind: 'bad', word: 'Critical' },
  WARNING: { kind: 'warn', word: 'Warning' },
  INFO: { kind: 'info', word: 'Note' },
};

/** What is wrong now, the worst first; what is taken care of is marked. */
export function ProblemsPanel({ now }: { now: Now }) {
  const { data, error, onRetry } = now.overview('problems');
  const title = data && data.length > 0 ? `Problems (${data.length})` : 'Problems';
  return (
    <Panel title={title} flush actions={data?.length === 0 && <Status kind="good">Nothing is wrong</Status>}>
      <Loaded data={data} error={error ?? null} onRetry={onRetry} height={0}>
        {problems =>
          problems.length > 0 && (
            <ul className="rows">
              {problems.map(alarm => (
                <Problem key={alarm.id} alarm={alarm} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}

function Problem({
  alarm: { id, severity, since, title, target, target_name, site_id, acknowledged_at },
}: {
  alarm: Alarm;
}) {
  const may = useMay();
  const acknowledge = useChange(ACKNOWLEDGE, {
    done: data => ({ message: `Acknowledged: ${data.acknowledgeAlarm.title}` }),
  });
  const { kind, word } = SEVERITIES[severity];
  const { to, search } = addressOf(target, site_id);
  return (
    <li className="problem">
      <Status kind={kind}>{word}</Status>
      <Link className="grows" to={to} search={search as never}>
        <bdi>{namedTitle(title, target, target_name)}</bdi>
      </Link>
      <span className="muted">
        <Time at={since} relative />
      </span>
      {acknowledged_at !== null && <span className="muted">Acknowledged</span>}
      {acknowledged_at === null && may('acknowledgeAlarm') && (
        <Button isPending={acknowledge.isPending} onPress={() => acknowledge.run({ id })}>
          Acknowledge
        </Button>
      )}
    </li>
  );
}
