import { Search } from 'lucide-react';
import { Input, SearchField } from 'react-aria-components';
import { useTyped } from './use-typed.ts';

export interface SearchBoxProps {
  label: string;
  value: string;
  /** Called when typing has paused. */
  onChange(text: string): void;
}

/** A search field; it searches when typing pauses, not at each key. */
export function SearchBox({ label, value, onChange }: SearchBoxProps) {
  const { text, setText, sendNow } = useTyped(value, onChange);
  return (
    <SearchField aria-label={label} className="search-box" value={text} onChange={setText} onSubmit={sendNow}>
      <Search size={16} aria-hidden />
      <Input className="search-input" placeholder={label} />
    </SearchField>
  );
}
