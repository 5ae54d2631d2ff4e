import { Check as CheckIcon, Minus } from 'lucide-react';
import { Checkbox } from 'react-aria-components';

export interface CheckProps {
  /** The label for screen readers; it is not visible. */
  label: string;
  isSelected: boolean;
  /** Only some of the rows that it stands for are chosen. */
  isIndeterminate?: boolean;
  onChange(selected: boolean): void;
}

/** A box to choose a row of a table. */
export function Check({ label, isIndeterminate = false, ...props }: CheckProps) {
  return (
    <Checkbox {...props} isIndeterminate={isIndeterminate} aria-label={label} className="check">
      <span className="check-box">
        {isIndeterminate ? <Minus size={12} aria-hidden /> : <CheckIcon size={12} aria-hidden />}
      </span>
    </Checkbox>
  );
}
