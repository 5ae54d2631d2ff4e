import { graphql } from '../../data/graphql.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { Rate } from '../../parts/figures.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';

const SITES = graphql(`
  query NowSites {
    sites(limit: 100) { items { id name rate { bits_per_second packets_per_second from to } } }
  }
`);

const SHOWN = 8;

/** The sites with the most traffic now. */
export function SitesPanel() {
  const answer = useAnswer(SITES, {}, { everyMs: 60_000, changedBy: ['SITE'] });
  return (
    <Panel title="Top sites">
      <Loaded data={answer.data?.data.sites.items} error={answer.error} onRetry={() => void answer.refetch()}>
        {sites =>
          sites.length === 0 ? (
            <Empty>There are no sites yet.</Empty>
          ) : (
            <dl className="facts facts-end">
              {topOf(sites).map(({ id, name, rate }) => (
                <div key={id} className="fact">
                  <dt>
                    <a href={`/sites/${id}`}>
                      <bdi>{name}</bdi>
                    </a>
                  </dt>
                  <dd>
                    <Rate rate={rate} />
                  </dd>
                </div>
              ))}
            </dl>
          )
        }
      </Loaded>
    </Panel>
  );
}

function topOf<Site extends { rate: { bits_per_second: number } | null }>(sites: readonly Site[]): Site[] {
  const speed = ({ rate }: Site): number => rate?.bits_per_second ?? -1;
  return sites.toSorted((a, b) => speed(b) - speed(a)).slice(0, SHOWN);
}
