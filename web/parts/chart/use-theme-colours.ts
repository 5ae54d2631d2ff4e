import { type RefObject, useEffect, useState } from 'react';

/** The theme's colours in a form that a canvas accepts. */
export interface ThemeColours {
  text: string;
  muted: string;
  line: string;
  warn: string;
  font: string;
  /** A colour by name, such as `series-1`. */
  series(name: string): string;
  /** The same colour, transparent, to fill below a line. */
  soft(name: string): string;
}

/** The current colours; updated when the theme changes. Undefined before the element exists. */
export function useThemeColours(element: RefObject<HTMLElement | null>): ThemeColours | undefined {
  const [colours, setColours] = useState<ThemeColours>();
  useEffect(() => {
    const read = (): void => {
      if (element.current) setColours(readColours(element.current));
    };
    read();
    const preference = matchMedia('(prefers-color-scheme: dark)');
    preference.addEventListener('change', read);
    const observer = new MutationObserver(read);
    observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      preference.removeEventListener('change', read);
      observer.disconnect();
    };
  }, [element]);
  return colours;
}

/** A custom property with `light-dark()` is resolved only when an element uses it as its colour. */
function readColours(element: HTMLElement): ThemeColours {
  const resolve = (name: string): string => {
    const before = element.style.color;
    element.style.color = `var(--${name})`;
    const { color } = getComputedStyle(element);
    element.style.color = before;
    return color;
  };
  const known = new Map<string, string>();
  const colour = (name: string): string => {
    const resolved = known.get(name) ?? resolve(name);
    known.set(name, resolved);
    return resolved;
  };
  return {
    text: colour('text'),
    muted: colour('muted'),
    line: colour('line'),
    warn: colour('warn'),
    font: getComputedStyle(element).fontFamily,
    series: colour,
    soft: name => `color-mix(in srgb, ${colour(name)} 22%, transparent)`,
  };
}
