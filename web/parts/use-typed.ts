import { useEffect, useRef, useState } from 'react';

/** How long after a key typing is taken for done. */
const PAUSE_MS = 250;

export interface Typed {
  text: string;
  setText(text: string): void;
  /** Without waiting for a pause, as at Enter. */
  sendNow(): void;
}

/**
 * The text of a field whose value is kept elsewhere, such as in the address: sent when typing
 * pauses, not at each key. What is typed while an earlier text is on its way stays; a value that
 * changes from elsewhere takes its place.
 */
export function useTyped(value: string, onChange: (text: string) => void): Typed {
  const [text, setText] = useState(value);
  // What was sent or received last.
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
