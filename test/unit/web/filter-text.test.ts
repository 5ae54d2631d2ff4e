import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { APPLICATION_CLASSES } from '../../../core/policy/application-class.ts';
import { completionsAt } from '../../../web/address/filter/complete.ts';
import { FLOW_LANGUAGE } from '../../../web/address/filter/fields.ts';
import { type Filter, filterInput, readFilter, writeFilter } from '../../../web/address/filter/language.ts';
import { readTerms, writeTerms } from '../../../web/address/filter/terms.ts';

const BERLIN = '550e8400-e29b-41d4-a716-446655440000';
const OSLO = '550e8400-e29b-41d4-a716-446655440001';
const NAMES = {
  site: [
    { id: BERLIN, name: 'Berlin' },
    { id: OSLO, name: 'Oslo, "north"' },
  ],
  policy: [
    { id: '7', name: 'Voice' },
    { id: '8', name: 'Bulk' },
    { id: '9', name: 'bulk' },
  ],
  edge: [{ id: 'edge-7', name: 'edge-7' }],
  networks: [{ id: 'Offices', name: 'Offices' }],
  ports: [{ id: 'Mail', name: 'Mail' }],
};

const read = (text: string) => readFilter(FLOW_LANGUAGE, text, NAMES);

/** Ids that may be any text, where they have no name. */
const id = fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' });
const prefix = fc
  .tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.option(fc.integer({ min: 0, max: 32 })))
  .map(([address, length]) => (length === null ? address : `${address}/${length}`));
const port = fc
  .tuple(fc.integer({ min: 0, max: 65_535 }), fc.integer({ min: 0, max: 65_535 }))
  .map(([a, b]) => (a === b ? `${a}` : `${Math.min(a, b)}-${Math.max(a, b)}`));

const list = <Value>(value: fc.Arbitrary<Value>) => fc.uniqueArray(value, { minLength: 1, maxLength: 4 });

const values = fc.record(
  {
    site_ids: list(fc.uuid()),
    policy_ids: list(fc.integer({ min: 0, max: 99 }).map(String)),
    applications: list(fc.constantFrom(...APPLICATION_CLASSES)),
    addresses: list(prefix),
    srcs: list(prefix),
    dsts: list(prefix),
    ports: list(port),
    protocols: list(fc.integer({ min: 0, max: 255 })),
    edge_ids: list(id),
    endpoint_ids: list(id),
  },
  { requiredKeys: [] },
);

const filters = fc.tuple(values, values).map(([values, not]) => ({ values, not }) as Filter);

describe('the text of a filter', () => {
  it('is read as it was written, with any names', () => {
    const names = fc.array(fc.tuple(id, fc.constantFrom('a', 'A', 'b', '7', 'x y', '-', '"', ',')), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(filters, names, (filter, called) => {
        const { policy_ids = [] } = filter.values;
        const policy = policy_ids.map((id, index) => ({ id: String(id), name: called[index]?.[1] ?? 'c' }));
        const known = { policy, edge: [] };
        const text = writeFilter(FLOW_LANGUAGE, filter, known);
        expect(readFilter(FLOW_LANGUAGE, text, known)).toEqual({ filter, problems: [] });
      }),
      { numRuns: 500 },
    );
  });

  it('with any terms is read as it was written', () => {
    const term = fc.record({
      not: fc.boolean(),
      field: fc.constantFrom('site', 'a_b'),
      values: fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(term), terms => {
        const { terms: found, problems } = readTerms(writeTerms(terms));
        expect(problems).toEqual([]);
        expect(found.map(({ not, field, values }) => ({ not, field, values }))).toEqual(terms);
      }),
    );
  });

  it('never throws, and gives the position of each problem', () => {
    const pieces = fc.array(
      fc.constantFrom('site:', '-', '"', ',', ' ', 'Berlin', 'port:', '443', '\\', 'x:'),
    );
    fc.assert(
      fc.property(
        pieces.map(parts => parts.join('')),
        text => {
          for (const { from, to, message } of read(text).problems) {
            expect(from).toBeLessThan(to);
            expect(message).toMatch(/\.$/);
          }
        },
      ),
    );
  });

  it.each([
    ['site:berlin', { site_ids: [BERLIN] }],
    ['site:"Oslo, \\"north\\""', { site_ids: [OSLO] }],
    ['policy:voice,8', { policy_ids: ['7', '8'] }],
    ['port:443,8443 port:8000-8100', { ports: ['443', '8443', '8000-8100'] }],
    ['-app:web protocol:tcp,99', { protocols: [6, 99], not: { applications: ['Web'] } }],
    ['10.0.0.0/8 -2001:db8::1', { addresses: ['10.0.0.0/8'], not: { addresses: ['2001:db8::1'] } }],
    ['abcd:1::2 src:::1', { addresses: ['abcd:1::2'], srcs: ['::1'] }],
    ['src:@offices,10.0.0.1 -port:@mail', { srcs: ['@Offices', '10.0.0.1'], not: { ports: ['@Mail'] } }],
    ['  ', {}],
  ])('%s is accepted', (text, input) => {
    const { filter, problems } = read(text);
    expect([filterInput(filter), problems]).toEqual([input, []]);
  });

  it('has names if they are unique, and ids otherwise', () => {
    const values = { site_ids: [BERLIN, OSLO], policy_ids: ['7', '8'] };
    const filter = { values, not: { protocols: [17, 99] } };
    expect(writeFilter(FLOW_LANGUAGE, filter, NAMES)).toBe(
      'site:Berlin,"Oslo, \\"north\\"" policy:Voice,8 -protocol:udp,99',
    );
  });

  const FIELDS = 'site, policy, app, address, src, dst, port, protocol, edge, endpoint';
  it.each([
    ['site:paris', 5, 10, 'There is no site named paris.'],
    ['policy:BULK', 7, 11, '2 objects of kind policy are named BULK: write the id of one of them.'],
    ['port:443 colour:red', 9, 19, `There is no field colour. Fields are ${FIELDS}.`],
    ['berlin', 0, 6, `Write a field before it, such as site:x. Fields are ${FIELDS}.`],
    ['port:80-70', 5, 10, '80-70 is not a port: write one from 0 to 65535, or a range such as 8000-8100.'],
    [
      'src:10.0.0',
      4,
      10,
      '10.0.0 is not an address or prefix: write one such as 10.1.0.0/16 or 2001:db8::/32.',
    ],
    [
      'protocol:300',
      9,
      12,
      '300 is not an IP protocol: write a number from 0 to 255, icmp, tcp, udp, gre, esp, icmpv6, sctp.',
    ],
    ['dst:@Mail', 4, 9, 'There is no group of networks named Mail.'],
    ['app:game', 4, 8, `There is no application game: write one of ${APPLICATION_CLASSES.join(', ')}.`],
    ['site:"Ber', 5, 9, 'This quote is not closed: write another " after the value.'],
    ['port: 80', 5, 6, 'Write a value here, such as port:x; separate values by commas, without spaces.'],
    ['site:"Berlin"x', 13, 14, 'Write a space before the next term, or a comma between values.'],
  ])('%s is rejected at characters %i to %i', (text, from, to, message) => {
    expect(read(text).problems[0]).toEqual({ from, to, message });
  });
});

describe('completion', () => {
  const offers = (text: string, caret = text.length) =>
    completionsAt(FLOW_LANGUAGE, text, caret, NAMES).map(({ label }) => label);
  const texts = (text: string, caret = text.length) =>
    completionsAt(FLOW_LANGUAGE, text, caret, NAMES).map(({ text }) => text);

  it('offers fields, then values of the field', () => {
    expect(offers('')).toHaveLength(FLOW_LANGUAGE.fields.length);
    expect(texts('port:1 s')).toEqual(['port:1 site:', 'port:1 src:']);
    expect(texts('-pro')).toEqual(['-protocol:']);
    expect(texts('site:b')).toEqual(['site:Berlin']);
    expect(texts('site:"oslo, ')).toEqual(['site:"Oslo, \\"north\\""']);
    expect(texts('site:Berlin,os')).toEqual(['site:Berlin,"Oslo, \\"north\\""']);
    expect(texts('src:@o')).toEqual(['src:@Offices']);
    expect(offers('colour:r')).toEqual([]);
  });

  it('replaces only the word at the caret, and moves the caret behind it', () => {
    expect(completionsAt(FLOW_LANGUAGE, 'site:Ber port:80', 8, NAMES)).toEqual([
      { label: 'Berlin', text: 'site:Berlin port:80', caret: 11 },
    ]);
  });

  it('lists values that begin with the text before those that contain it', () => {
    expect(offers('protocol:mp')).toEqual(['icmp', 'icmpv6']);
    expect(offers('app:v').slice(0, 2)).toEqual(['voip', 'videoconference']);
  });
});
