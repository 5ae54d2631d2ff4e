import { Link } from '@tanstack/react-router';
import { Bar } from '../../parts/bar.tsx';
import { Rate } from '../../parts/figures.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import type { Now } from './use-now.ts';

/** The sites with the most traffic now. */
export function SitesPanel({ now }: { now: Now }) {
  return (
    <Panel title="Top sites" actions={<Link to="/sites">All sites</Link>}>
      <Loaded {...now.overview('top_sites')} height={280}>
        {sites =>
          sites.length === 0 ? (
            <Empty>There are no sites yet. Create them on the page Sites and edges.</Empty>
          ) : (
            <ul className="site-rates">
              {fastestFirst(sites).map(({ id, name, rate }, _, [fastest]) => (
                <li key={id}>
                  <Link className="clip" to={`/sites/${id}`}>
                    <bdi>{name}</bdi>
                  </Link>
                  <Bar value={rate?.bits_per_second ?? 0} of={fastest?.rate?.bits_per_second ?? 0} />
                  <Rate rate={rate} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}

interface Rated {
  rate: { bits_per_second: number } | null;
}

/** The last snapshot selects the sites; their rates are newer. Sites without a rate come last. */
function fastestFirst<Site extends Rated>(sites: readonly Site[]): Site[] {
  const speed = ({ rate }: Rated): number => rate?.bits_per_second ?? -1;
  return sites.toSorted((a, b) => speed(b) - speed(a));
}
