import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { graphql } from '../../data/graphql.ts';
import { useMay } from '../../data/me.ts';
import { useChange } from '../../data/use-change.ts';
import { namedTitle } from '../../panels/named-title.ts';
import { Button } from '../../parts/button.tsx';
import { Time } from '../../parts/figures.tsx';
import { Status, type StatusKind } from '../../parts/status.tsx';
import { addressOf } from './address-of.ts';
import type { Overview } from './operations.ts';

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

/** An alarm in a list, with a button to acknowledge it. */
export function Problem({
  alarm: { id, severity, since, title, target, target_name, site_id, acknowledged_at, muted_until },
  children,
}: {
  alarm: Alarm;
  /** Shown at the end, such as further actions. */
  children?: ReactNode;
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
      {muted_until !== null && <span className="muted">Muted</span>}
      {acknowledged_at !== null && <span className="muted">Acknowledged</span>}
      {acknowledged_at === null && may('acknowledgeAlarm') && (
        <Button isPending={acknowledge.isPending} onPress={() => acknowledge.run({ id })}>
          Acknowledge
        </Button>
      )}
      {children}
    </li>
  );
}
