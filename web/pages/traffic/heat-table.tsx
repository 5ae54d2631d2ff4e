import { bitsPerSecond, count, time, UNKNOWN } from '../../parts/format.ts';
import { type HeatRow, highestOf } from './heat-rows.ts';

export interface HeatTableProps {
  label: string;
  /** The head of the row names, such as `Day`. */
  rowHead: string;
  /** A label for each column; empty texts leave a gap. */
  columns: readonly string[];
  rows: readonly HeatRow[];
}

/** A table with darker cells for higher rates. */
export function HeatTable({ label, rowHead, columns, rows }: HeatTableProps) {
  const highest = highestOf(rows);
  return (
    <figure className="heat">
      <table aria-label={label}>
        <thead>
          <tr>
            <th scope="col">{rowHead}</th>
            {columns.map((column, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns are places
              <th key={index} scope="col">
                {column || <span className="visually-hidden">{`Column ${index + 1}`}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, title, cells }) => (
            <tr key={key}>
              <th scope="row">
                <bdi className="clip" title={title}>
                  {title}
                </bdi>
              </th>
              {columns.map((_, index) => {
                const cell = cells[index];
                // biome-ignore lint/suspicious/noArrayIndexKey: columns are places
                if (!cell) return <td key={index} />;
                const { from, to, bits_per_second: bits } = cell;
                const share = bits === null || highest === 0 ? 0 : bits / highest;
                const words =
                  bits === null
                    ? 'no measurement'
                    : `${bitsPerSecond(bits)}, ${count(Math.round(bits))} bit/s`;
                return (
                  <td
                    // biome-ignore lint/suspicious/noArrayIndexKey: columns are places
                    key={index}
                    className={bits === null ? 'heat-cell heat-unknown' : 'heat-cell'}
                    style={{ '--heat': `${Math.round(share * 100)}%` } as React.CSSProperties}
                    title={`${title}, ${time(from)} – ${time(to)}: ${words}`}
                  >
                    <data className="visually-hidden" value={bits ?? ''}>
                      {bits === null ? UNKNOWN : bitsPerSecond(bits)}
                    </data>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <figcaption className="muted">
        <span>0</span>
        <span className="heat-scale" aria-hidden />
        <span>{bitsPerSecond(highest)}</span>
        <span className="heat-cell heat-unknown heat-sample" aria-hidden />
        <span>no measurement</span>
      </figcaption>
    </figure>
  );
}
