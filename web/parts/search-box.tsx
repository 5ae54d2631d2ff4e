import { Search } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Input, SearchField } from 'react-aria-components';

export interface SearchBoxProps {
  label: string;
  value: string;
  /** Called when typing has paused. */
  onChange(text: string): void;
}

const PAUSE_MS = 250;

/** A field to narrow a list down; it asks when typing pauses, not at each key. */
export function SearchBox({ label, value, onChange }: SearchBoxProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onChange(text.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <SearchField
      aria-label={label}
      className="search-box"
      value={text}
      onChange={setText}
      onSubmit={onChange}
    >
      <Search size={16} aria-hidden />
      <Input className="search-input" placeholder={label} />
    </SearchField>
  );
}
