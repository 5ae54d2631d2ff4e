// Control and format characters, line separators, halves of surrogate pairs. Two format characters
// are allowed, because words of some scripts need them: the zero-width joiner and non-joiner.
const NOT_PRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/u;

/** Whether a text has only visible characters, so that people can distinguish two ids. */
export function isPrintable(text: string): boolean {
  // This runs for each id of each report, and nearly all ids are short and ASCII.
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e) return !NOT_PRINTABLE.test(text);
  }
  return true;
}
