import { useEffect, useState } from 'react';

/**
 * A value as it was when it had not changed for a while: typing changes it many times, and one
 * question is asked of it.
 */
export function useRested<Value>(value: Value, pauseMs = 400): Value {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), pauseMs);
    return () => clearTimeout(timer);
  }, [value, pauseMs]);
  return rested;
}
