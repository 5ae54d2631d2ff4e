import { describe, expect, it } from 'vitest';
import { parsePortRange, portRange } from '../../../core/policy/port-range.ts';
import { isPrintable } from '../../../core/policy/printable.ts';

describe('a printable text', () => {
  it.each([
    ['nothing', '', true],
    ['all printable ASCII', Array.from({ length: 95 }, (_, n) => String.fromCharCode(32 + n)).join(''), true],
    ['letters of other scripts', 'Zürich 東京 مكتب', true],
    ['a joiner between letters', 'क\u200dष नम\u200cस', true],
    ['an emoji', '🛰', true],
    ['a line break', 'a\nb', false],
    ['an end of ASCII', 'a\u007f', false],
    ['a control character of Latin 1', 'a\u0085', false],
    ['a line separator', 'a\u2028', false],
    ['a paragraph separator', 'a\u2029', false],
    ['a mark of direction', 'a\u200f', false],
    ['a soft hyphen', 'é\u00ad', false],
    ['half of a pair', 'a\ud83d', false],
    ['a hidden character after a printable one', 'é\u0000', false],
  ])('may contain %s: $2', (_, text, expected) => {
    expect(isPrintable(text)).toBe(expected);
  });
});

describe('ports', () => {
  it.each<[string, ReturnType<typeof parsePortRange>]>([
    ['443', { from: 443, to: 443 }],
    ['0', { from: 0, to: 0 }],
    ['8000-8100', { from: 8000, to: 8100 }],
    ['443-443', { from: 443, to: 443 }],
    ['0-65535', { from: 0, to: 65_535 }],
    ['65536', undefined],
    ['0-65536', undefined],
    ['8100-8000', undefined],
    ['000443', undefined],
    ['1-2-3', undefined],
    ['-1', undefined],
    ['1-', undefined],
    ['x443', undefined],
    ['443x', undefined],
    ['', undefined],
  ])('%j are %j', (text, range) => {
    expect(parsePortRange(text)).toEqual(range);
  });

  it.each([
    [{}, undefined],
    [{ destination_port_from: 80 }, { from: 80, to: 80 }],
    [{ destination_port_to: 80 }, { from: 0, to: 80 }],
    [
      { destination_port_from: 80, destination_port_to: 90 },
      { from: 80, to: 90 },
    ],
  ])('of the rules %j are %j', (match, range) => {
    expect(portRange(match)).toEqual(range);
  });
});
