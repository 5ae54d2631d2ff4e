import { describe, expect, it } from 'vitest';
import { fillMarked } from '../../../../scripts/docs/marked-text.ts';

const place = (name: string, content = '') => `<!-- made: ${name} -->\n${content}<!-- end -->`;

describe('text with generated parts', () => {
  it('gets its parts, and keeps the text around them', () => {
    const text = `Before.\n\n${place('one', 'old\n')}\n\nBetween.\n\n${place('two')}\n\nAfter.\n`;
    expect(fillMarked(text, { one: 'first $1', two: 'second' })).toBe(
      `Before.\n\n${place('one', '\nfirst $1\n\n')}\n\nBetween.\n\n${place('two', '\nsecond\n\n')}\n\nAfter.\n`,
    );
  });

  it('does not change when it is generated again', () => {
    const once = fillMarked(place('one'), { one: '| a |' });
    expect(fillMarked(once, { one: '| a |' })).toBe(once);
  });

  it.each([
    [place('other'), 'No generator makes the part "other" of the text.'],
    ['no place', 'The text has no place for one.'],
    [`${place('one')}${place('one')}`, 'A generated part has no end, or appears twice.'],
    [`${place('one')}<!-- made: two -->\n`, 'A generated part has no end, or appears twice.'],
  ])('is rejected if marks and parts do not match: %j', (text, message) => {
    expect(() => fillMarked(text, { one: '' })).toThrow(new Error(message));
  });
});
