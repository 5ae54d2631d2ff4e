import { useState } from 'react';
import { useTimeRange } from '../../address/time-range.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Time } from '../../parts/figures.tsx';
import { count } from '../../parts/format.ts';
import { Notice } from '../../parts/notice.tsx';
import { Loaded } from '../../parts/panel.tsx';
import { type Proof, TRAFFIC_PROOF } from './operations.ts';
import { proved } from './proof.ts';
import { useTraffic } from './use-traffic.ts';

/**
 * The conservation check: compares the counters with the edges' reports and the views with each
 * other, and lists missing data with its reason.
 */
export function ProofDialog({ onClose }: { onClose(): void }) {
  const range = useTimeRange();
  const { filter } = useTraffic();
  // The range at the time the dialog was opened, because the check reads every edge's counts.
  const [{ from, to }] = useState(range);
  const answer = useAnswer(TRAFFIC_PROOF, { from, to, filter });
  return (
    <Dialog title="Verify totals" place="side" onClose={onClose}>
      <Loaded
        data={answer.data?.data}
        error={answer.error}
        onRetry={() => void answer.refetch()}
        height={240}
      >
        {proof => <Proved proof={proof} />}
      </Loaded>
    </Dialog>
  );
}

function Proved({ proof }: { proof: Proof }) {
  const { views, agrees, missing } = proved(proof);
  const { trafficAudit: audit } = proof;
  return (
    <>
      <section aria-label="Counters">
        <h3>Reported and counted</h3>
        {audit.agrees ? (
          <Notice kind="good">
            The counters of {count(audit.policies)} policies equal the reports of {count(audit.lanes)} edges
            and parts of edges since their start, to the byte.
          </Notice>
        ) : (
          <Notice kind="bad">
            The counters of {count(audit.mismatches.length)} policies differ from the edges' reports:{' '}
            {audit.mismatches.map(({ policy_id }) => policy_id).join(', ')}.
          </Notice>
        )}
      </section>
      <section aria-label="Views">
        <h3>The same traffic in every view</h3>
        <table className="plain-table" aria-label="The same traffic in every view">
          <thead>
            <tr>
              <th scope="col">View</th>
              <th scope="col" className="number">
                Bytes
              </th>
            </tr>
          </thead>
          <tbody>
            {views.map(({ name, bytes }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td className="number">
                  <data value={String(bytes)}>{count(bytes)}</data>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {agrees ? (
          <Notice kind="good">Every view has the same total, to the byte.</Notice>
        ) : (
          <Notice kind="warn">
            The views differ, because they were not measured at the same instants. Sums cover{' '}
            <Time at={views[0]!.from} /> and <Time at={views[0]!.to} />, intervals between{' '}
            <Time at={views.at(-1)!.from} /> and <Time at={views.at(-1)!.to} />.
          </Notice>
        )}
      </section>
      <section aria-label="Missing">
        <h3>Missing data</h3>
        {missing.length === 0 ? (
          <p>None: every expected edge has reported, and every interval has a measurement.</p>
        ) : (
          <ul className="name-list">
            {missing.map(sentence => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        )}
      </section>
    </>
  );
}
