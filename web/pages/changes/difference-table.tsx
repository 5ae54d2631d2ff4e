import { differences } from './difference.ts';

/** What a change has changed, field by field: the value before, and the one after. */
export function DifferenceTable({ before, after }: { before: string | null; after: string | null }) {
  const rows = differences(before, after);
  if (rows.length === 0) return <p className="muted">No field was changed.</p>;
  return (
    <div className="table-scroll">
      <table className="plain-table difference">
        <thead>
          <tr>
            <th>Field</th>
            <th>Before</th>
            <th>After</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ field, before, after }) => (
            <tr key={field}>
              <td className="breakable">{field}</td>
              <td className="breakable">
                {before === undefined ? (
                  <span className="muted">–</span>
                ) : (
                  <del>
                    <bdi>{before}</bdi>
                  </del>
                )}
              </td>
              <td className="breakable">
                {after === undefined ? (
                  <span className="muted">–</span>
                ) : (
                  <ins>
                    <bdi>{after}</bdi>
                  </ins>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
