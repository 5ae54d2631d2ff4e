import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiUnderTest, makeApi, personIn } from '../../support/api.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const DEFAULTS = { theme: 'SYSTEM', time_zone: null, units: 'SI', saved_views: [] };

describe('preferences', () => {
  let tables: TestTables;
  let api: ApiUnderTest;
  const viewer = { identity: personIn('viewer') };
  const operator = { identity: personIn('operator') };

  beforeAll(async () => {
    tables = await createTables();
    api = makeApi(tables);
  });
  afterAll(() => tables.drop());

  const set = (preferences: object) => api.data('Mutation.setPreferences', { preferences }, viewer);
  const ofMe = async (by: { identity: ReturnType<typeof personIn> }) =>
    (await api.data('Query.me', {}, by)).preferences;

  it('belong to one person, and keep omitted fields', async () => {
    expect(await ofMe(viewer)).toEqual(DEFAULTS);
    await set({ theme: 'DARK', time_zone: 'Europe/Berlin' });
    expect(await set({ units: 'IEC', theme: null })).toEqual({
      theme: 'DARK',
      time_zone: 'Europe/Berlin',
      units: 'IEC',
      saved_views: [],
    });
    expect(await set({ time_zone: null })).toMatchObject({ theme: 'DARK', time_zone: null });
    expect(await ofMe(operator)).toEqual(DEFAULTS);
  });

  it('are not in the audit log', async () => {
    await set({ theme: 'LIGHT' });
    const { items } = await api.data('Query.auditLog', { action: 'setPreferences' });
    expect(items).toEqual([]);
  });

  it('reject an unknown time zone', async () => {
    const preferences = { time_zone: 'Europe/Atlantis' };
    expect(await api.call('Mutation.setPreferences', { preferences }, viewer)).toEqual({
      error: {
        type: 'ValidationError',
        message:
          'time_zone "Europe/Atlantis" is not known. Give a name such as Europe/Berlin, or null for the time zone of the browser.',
      },
    });
  });

  it('keep views in order, with one for each name', async () => {
    const save = (name: string, address: string) =>
      api.data('Mutation.saveView', { name, address }, operator);
    await save(' Worst paths ', '/paths?status=FAILED');
    await save('Now', '/');
    const { saved_views } = await save('Worst paths', '/paths');
    expect(saved_views).toEqual([
      { name: 'Worst paths', address: '/paths' },
      { name: 'Now', address: '/' },
    ]);
    const { saved_views: left } = await api.data('Mutation.removeView', { name: 'Worst paths' }, operator);
    expect(left).toEqual([{ name: 'Now', address: '/' }]);
    expect(await api.call('Mutation.removeView', { name: 'Worst paths' }, operator)).toEqual({
      error: {
        type: 'NotFound',
        message: 'You have no saved view "Worst paths". The query me lists your views.',
      },
    });
  });

  it.each([
    '//elsewhere.example',
    '/\\elsewhere.example',
    'https://elsewhere.example',
    '/a b',
    `/${'x'.repeat(1000)}`,
  ])('reject %j as a view of the console', async address => {
    expect(await api.call('Mutation.saveView', { name: 'Elsewhere', address }, viewer)).toEqual({
      error: {
        type: 'ValidationError',
        message:
          'address must be a view of the console: it begins with one / and has at most 1000 characters.',
      },
    });
  });

  it('allow at most fifty views, also if two are saved at the same time', async () => {
    const admin = { identity: personIn('admin') };
    const save = (number: number) =>
      api.call('Mutation.saveView', { name: `View ${number}`, address: '/' }, admin);
    for (let number = 0; number < 49; number++) await save(number);
    const answers = await Promise.all([save(49), save(50)]);
    const refused = answers.filter(answered => 'error' in answered);
    expect(refused).toEqual([
      {
        error: {
          type: 'ValidationError',
          message: 'You have 50 saved views, which is the maximum. Remove one with removeView first.',
        },
      },
    ]);
    expect((await ofMe(admin)).saved_views).toHaveLength(50);
  });
});
