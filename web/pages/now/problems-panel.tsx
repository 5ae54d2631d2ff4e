import { Loaded, Panel } from '../../parts/panel.tsx';
import { Status } from '../../parts/status.tsx';
import { Problem } from './problem.tsx';
import type { Now } from './use-now.ts';

/** Open alarms, the most severe first; acknowledged ones are marked. */
export function ProblemsPanel({ now }: { now: Now }) {
  const { data, error, onRetry } = now.overview('problems');
  const title = data && data.length > 0 ? `Problems (${data.length})` : 'Problems';
  return (
    <Panel title={title} flush actions={data?.length === 0 && <Status kind="good">No problems</Status>}>
      <Loaded data={data} error={error ?? null} onRetry={onRetry} height={0}>
        {problems =>
          problems.length > 0 && (
            <ul className="rows">
              {problems.map(alarm => (
                <Problem key={alarm.id} alarm={alarm} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}
