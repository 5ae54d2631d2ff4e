import { Bytes, Count, Time } from '../../parts/figures.tsx';
import { withPathNames } from './path-name.ts';
import { usePolicyNames } from './policy-names.ts';

export interface Receipt {
  message: string;
  audit_id: string;
  flows_moved: number;
  bytes_moved_exact: string | null;
  moved_since: string | null;
  bytes_carried_exact: string;
  without_path: string[];
  moved: { policy_id: string; old_path_id: string | null; new_path_id: string | null; reason: string }[];
}

/** The result of a failover or a failback. */
export function FailoverReceipt({
  receipt,
  names,
}: {
  receipt: Receipt;
  names: ReadonlyMap<string, string>;
}) {
  const { message, audit_id, flows_moved, bytes_moved_exact, moved_since, bytes_carried_exact, moved } =
    receipt;
  const policyNames = usePolicyNames();
  return (
    <section aria-label="Receipt" className="receipt">
      <h3>Receipt</h3>
      <p className="breakable">{withPathNames(message, names)}</p>
      <dl className="facts facts-end">
        <div className="fact">
          <dt>Policies moved</dt>
          <dd>
            <Count exact={moved.length} of="policies" />
          </dd>
        </div>
        {receipt.without_path.length > 0 && (
          <div className="fact">
            <dt>Policies without a path now</dt>
            <dd>
              <Count exact={receipt.without_path.length} of="policies" />
            </dd>
          </div>
        )}
        <div className="fact">
          <dt>Flows moved</dt>
          <dd>
            <Count exact={flows_moved} of="flows" />
          </dd>
        </div>
        <div className="fact">
          <dt>Traffic since failover</dt>
          <dd>
            <Bytes exact={bytes_moved_exact} />
            {moved_since && (
              <>
                {' '}
                since <Time at={moved_since} />
              </>
            )}
          </dd>
        </div>
        <div className="fact">
          <dt>Traffic in total</dt>
          <dd>
            <Bytes exact={bytes_carried_exact} />
          </dd>
        </div>
      </dl>
      <ul className="result-list">
        {moved.map(({ policy_id, reason }) => (
          <li key={policy_id}>
            <b>{policyNames.get(policy_id) ?? policy_id}</b>{' '}
            <span className="breakable">{withPathNames(reason, names)}</span>
          </li>
        ))}
      </ul>
      <p className="muted">Entry {audit_id} of the audit log</p>
    </section>
  );
}
