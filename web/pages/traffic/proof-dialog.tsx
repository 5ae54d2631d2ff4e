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
 * The conservation check beside the figures: what edges reported is what is counted, in every view,
 * and what is missing and why.
 */
export function ProofDialog({ onClose }: { onClose(): void }) {
  const range = useTimeRange();
  const { filter } = useTraffic();
  // As of when it was opened: the check reads every edge's counts.
  const [{ from, to }] = useState(range);
  const answer = useAnswer(TRAFFIC_PROOF, { from, to, filter });
  return (
    <Dialog title="Prove it" place="side" onClose={onClose}>
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
        <h3>What edges reported, and what is counted</h3>
        {audit.agrees ? (
          <Notice kind="good">
            The counters of {count(audit.policies)} policies are what {count(audit.lanes)} edges and parts of
            edges have reported since they began, to the byte.
          </Notice>
        ) : (
          <Notice kind="bad">
            The counters of {count(audit.mismatches.length)} policies differ from what edges reported:{' '}
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
            The views differ: their readings are not of the same instants. Sums lie between{' '}
            <Time at={views[0]!.from} /> and <Time at={views[0]!.to} />, intervals between{' '}
            <Time at={views.at(-1)!.from} /> and <Time at={views.at(-1)!.to} />.
          </Notice>
        )}
      </section>
      <section aria-label="Missing">
        <h3>What is missing, and why</h3>
        {missing.length === 0 ? (
          <p>Nothing: every expected edge has reported, and every interval was read.</p>
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
