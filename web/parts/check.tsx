import { Check as CheckIcon, Minus } from 'lucide-react';
import { Checkbox } from 'react-aria-components';

export interface CheckProps {
  /** What it chooses; said to screen readers, not drawn. */
  label: string;
  isSelected: boolean;
  /** Some of what it stands for is chosen. */
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
