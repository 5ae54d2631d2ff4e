import { useEffect, useState } from 'react';

/**
 * A debounced value: it follows the given value when that has not changed for some time, so that
 * typing causes one query.
 */
export function useRested<Value>(value: Value, pauseMs = 400): Value {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), pauseMs);
    return () => clearTimeout(timer);
  }, [value, pauseMs]);
  return rested;
}
