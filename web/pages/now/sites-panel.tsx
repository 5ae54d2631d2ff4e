import { Link } from '@tanstack/react-router';
import { Rate } from '../../parts/figures.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import type { Now } from './use-now.ts';

/** The sites with the most traffic now. */
export function SitesPanel({ now }: { now: Now }) {
  return (
    <Panel title="Top sites">
      <Loaded {...now.overview('top_sites')}>
        {sites =>
          sites.length === 0 ? (
            <Empty>There are no sites yet. They are made on the page Sites and edges.</Empty>
          ) : (
            <dl className="facts facts-end">
              {sites.map(({ id, name, rate }) => (
                <div key={id} className="fact">
                  <dt className="clip">
                    <Link to={`/sites/${id}`}>
                      <bdi>{name}</bdi>
                    </Link>
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
