import { completionsAt } from '../../address/filter/complete.ts';
import { FLOW_LANGUAGE } from '../../address/filter/fields.ts';
import { useAddress } from '../../address/search.ts';
import { CompletingField } from '../../parts/completing-field.tsx';
import { Notice } from '../../parts/notice.tsx';
import { useFlowFilter } from './use-flow-filter.ts';
import { useNames } from './use-names.ts';

/** The filter of flows as a text, kept in the address, with its problems. */
export function FilterBar() {
  const [{ q = '' }, setAddress] = useAddress();
  const { names = {} } = useNames();
  const { problems } = useFlowFilter();
  return (
    <div className="filter-bar">
      <CompletingField
        label="Filter flows"
        placeholder="site:Berlin -app:web port:443 src:10.0.0.0/8"
        value={q}
        onChange={text => setAddress({ q: text || undefined }, { replace: true })}
        offersAt={(text, caret) => completionsAt(FLOW_LANGUAGE, text, caret, names)}
        isInvalid={problems.length > 0}
      />
      {problems.map(({ from, to, message }) => (
        <Notice key={`${from} ${message}`} kind="bad">
          At <code>{q.slice(from, to) || 'the end'}</code>: {message}
        </Notice>
      ))}
    </div>
  );
}
