/** Beginnings that a spreadsheet would run as a formula: OWASP's list for CSV injection. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

/**
 * Puts an apostrophe before text that a spreadsheet would run as a formula. Numbers, negative ones
 * too, stay as they are.
 *
 * @example guardFormula('=1+1') // "'=1+1"
 */
export function guardFormula(text: string): string {
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}
