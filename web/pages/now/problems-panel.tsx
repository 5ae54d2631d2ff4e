import { graphql } from '../../data/graphql.ts';
import { useMay } from '../../data/me.ts';
import { useChange } from '../../data/use-change.ts';
import { Button } from '../../parts/button.tsx';
import { Time } from '../../parts/figures.tsx';
import { Notice } from '../../parts/notice.tsx';
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
  return (
    <Panel title="Problems" flush>
      <Loaded {...now.overview('problems')}>
        {problems =>
          problems.length === 0 ? (
            <Notice kind="good">Nothing is wrong.</Notice>
          ) : (
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
  alarm: { id, severity, since, title, target, site_id, acknowledged_at },
}: {
  alarm: Alarm;
}) {
  const may = useMay();
  const acknowledge = useChange(ACKNOWLEDGE, {
    done: data => ({ message: `Acknowledged: ${data.acknowledgeAlarm.title}` }),
  });
  const { kind, word } = SEVERITIES[severity];
  return (
    <li>
      <Status kind={kind}>{word}</Status>
      <a className="grows" href={addressOf(target, site_id)}>
        <bdi>{title}</bdi>
      </a>
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
