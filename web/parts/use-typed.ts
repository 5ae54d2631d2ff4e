import { useEffect, useRef, useState } from 'react';

/** How long after the last key the text is sent. */
const PAUSE_MS = 250;

export interface Typed {
  text: string;
  setText(text: string): void;
  /** Sends the text at once, as at Enter. */
  sendNow(): void;
}

/**
 * The text of a field whose value is kept elsewhere, such as in the address: it is sent when typing
 * pauses, not at each key. Text that is typed while an earlier text is being sent stays; a value
 * that changes elsewhere replaces the text.
 */
export function useTyped(value: string, onChange: (text: string) => void): Typed {
  const [text, setText] = useState(value);
  // The value that was sent or received last.
  const known = useRef(value);
  const send = useRef((_text: string): void => {});
  useEffect(() => {
    send.current = typed => {
      if (typed === known.current) return;
      known.current = typed;
      onChange(typed);
    };
  });
  useEffect(() => {
    if (value === known.current) return;
    known.current = value;
    setText(value);
  }, [value]);
  useEffect(() => {
    const timer = setTimeout(() => send.current(text.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return { text, setText, sendNow: () => send.current(text.trim()) };
}
