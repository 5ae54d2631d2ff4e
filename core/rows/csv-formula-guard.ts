/** What a spreadsheet would run: OWASP's list for CSV injection. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

/**
 * Text that a spreadsheet would take for a formula gets an apostrophe in front; numbers, negative
 * ones too, stay as they are.
 *
 * @example guardFormula('=1+1') // "'=1+1"
 */
export function guardFormula(text: string): string {
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}
