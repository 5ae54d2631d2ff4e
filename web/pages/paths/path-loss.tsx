import { useAnswer } from '../../data/use-answer.ts';
import { count, percent } from '../../parts/format.ts';
import { Loaded } from '../../parts/panel.tsx';
import { PATH_LOSS } from './operations.ts';
import type { SiteNames } from './path-name.ts';

/** Packets and loss of a path in each direction, and the loss that probes measured. */
export function PathLoss({ path_id, names }: { path_id: string; names: SiteNames }) {
  const answer = useAnswer(PATH_LOSS, { path_id }, { everyMs: 60_000 });
  const nameOf = (id: string) => names.get(id) ?? id;
  return (
    <section aria-label="Loss">
      <h3>Loss in the last 15 minutes</h3>
      <Loaded data={answer.data?.data.pathLoss} error={answer.error} onRetry={() => void answer.refetch()}>
        {({ probed_loss_pct, directions }) => (
          <table className="plain-table">
            <thead>
              <tr>
                <th scope="col">From</th>
                <th scope="col" className="number">
                  Sent packets
                </th>
                <th scope="col" className="number">
                  Lost
                </th>
                <th scope="col" className="number">
                  Between
                </th>
              </tr>
            </thead>
            <tbody>
              {directions.map(({ from_site_id, sent_packets, loss_pct, loss_pct_min, loss_pct_max }) => (
                <tr key={from_site_id}>
                  <th scope="row">
                    <bdi>{nameOf(from_site_id)}</bdi>
                  </th>
                  <td className="number">{sent_packets === null ? '–' : count(sent_packets)}</td>
                  <td className="number">{percent(loss_pct)}</td>
                  <td className="number">
                    {loss_pct_min === null ? '–' : `${percent(loss_pct_min)} and ${percent(loss_pct_max)}`}
                  </td>
                </tr>
              ))}
              <tr>
                <th scope="row">Probes</th>
                <td />
                <td className="number">{percent(probed_loss_pct)}</td>
                <td />
              </tr>
            </tbody>
          </table>
        )}
      </Loaded>
    </section>
  );
}
