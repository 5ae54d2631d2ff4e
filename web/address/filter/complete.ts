import type { FilterLanguage, Names } from './language.ts';
import { type Place, writeValue } from './terms.ts';

/** A suggestion that can replace a part of a text. */
export interface Completion {
  /** The suggestion as a person reads it. */
  label: string;
  /** The whole text with the suggestion in it. */
  text: string;
  /** The position of the caret afterwards. */
  caret: number;
}

const MAX_OFFERS = 8;

/** Suggestions for the caret: fields while no field is written, otherwise values of the field. */
export function completionsAt(
  language: FilterLanguage,
  text: string,
  caret: number,
  names: Names,
): Completion[] {
  const before = text.slice(0, caret);
  const [term = ''] = /(?:"(?:[^"\\]|\\.)*(?:"|$)|[^\s"])*$/.exec(before) ?? [];
  const head = /^-?([a-z_]+):/.exec(term);
  const end = caret + /^[^\s,]*/.exec(text.slice(caret))![0].length;
  if (!head) {
    const [, dash = '', typed = ''] = /^(-?)(.*)$/s.exec(term) ?? [];
    const place = { from: caret - typed.length, to: end };
    const fields = language.fields.filter(({ name }) => name.startsWith(typed.toLowerCase()));
    return fields.map(({ name, what }) => completion(text, place, `${name}:`, `${dash}${name}: ${what}`));
  }
  const field = language.fields.find(({ name }) => name === head[1]);
  if (!field) return [];
  const [value = ''] = /(?:"(?:[^"\\]|\\.)*"?|[^",])*$/.exec(term.slice(head[0].length)) ?? [];
  const typed = value.replace(/^"|\\(?=.)/g, '').toLowerCase();
  const place = { from: caret - value.length, to: end };
  const offers = [...new Set(field.offers(names))].filter(offer => offer.toLowerCase().includes(typed));
  const inOrder = offers.sort((a, b) => Number(startsWith(b, typed)) - Number(startsWith(a, typed)));
  return inOrder.slice(0, MAX_OFFERS).map(offer => completion(text, place, writeValue(offer), offer));
}

function startsWith(offer: string, typed: string): boolean {
  return offer.toLowerCase().startsWith(typed);
}

function completion(text: string, { from, to }: Place, written: string, label: string): Completion {
  return { label, text: text.slice(0, from) + written + text.slice(to), caret: from + written.length };
}
