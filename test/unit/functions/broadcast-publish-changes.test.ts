import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { expect, it } from 'vitest';
import { systemCaller } from '../../../core/access/caller.ts';
import type { PendingCommand } from '../../../core/commands/edge-command.ts';
import type { EdgeNews } from '../../../core/commands/edge-news.ts';
import type { StreamChange } from '../../../core/events/stream-change.ts';
import { type PublishOptions, publishChanges } from '../../../functions/broadcast/publish-changes.ts';

/** A new audit entry that is published to subscribers. */
const record = (sequence: string): DynamoDBRecord => {
  const keys = { pk: 'AUDIT#2026-01', sk: sequence };
  const event = { type: 'SITE_DELETED', site_id: null, site_seq: null, data: null };
  const entry = {
    ...keys,
    id: sequence,
    at: '2026-01-31T12:00:00.000Z',
    actor: systemCaller('cleanup'),
    operation: 'deleteSite',
    outcome: 'DONE',
    event,
  };
  return {
    eventName: 'INSERT',
    dynamodb: {
      SequenceNumber: sequence,
      Keys: marshall(keys) as never,
      NewImage: marshall(entry) as never,
      ApproximateCreationDateTime: 0,
    },
  };
};

const command = (type: 'PATHS' | 'POLICIES', edge_id: string, id: string) =>
  ({ id, edge_id, type, data: {}, created_at: '2026-01-31T12:00:00.000Z' }) as PendingCommand;

interface Given extends Partial<PublishOptions> {
  /** By record. */
  commands?: Record<string, PendingCommand[]>;
  news?: Record<string, EdgeNews>;
  sites?: Record<string, string[]>;
}

function telling(given: Given = {}) {
  const told: string[] = [];
  const troubles: string[] = [];
  const { commands = {}, news = {}, sites = {}, ...more } = given;
  const options: PublishOptions = {
    publishEvent: async ({ id }) => void told.push(`event ${id}`),
    publishCommands: async list =>
      void told.push(list.map(({ edge_id, id }) => `${edge_id} ${id}`).join(', ')),
    publishNews: async ({ routing_version }) => void told.push(`news ${routing_version}`),
    commandsOf: async ({ sk }: StreamChange) => commands[sk] ?? [],
    newsOf: async ({ sk }: StreamChange) => news[sk],
    sitesToNotify: async ({ sk }: StreamChange) => sites[sk] ?? [],
    raiseRouteVersion: async site => void told.push(`raise ${site}`),
    orderRoutes: async () => 0,
    timeLeft: () => 1000,
    onTampering: () => told.push('tampering'),
    onFailure: message => troubles.push(message),
    count: () => {},
    ...more,
  };
  return { told, troubles, options };
}

it('raises the version of a site once for all its changes, at the end', async () => {
  const { told, options } = telling({
    commands: { 2: [command('PATHS', 'a', 'h1'), command('PATHS', 'b', 'h1')] },
    news: { 3: { policies_version: '4', routing_version: 7, spread_s: 5 } },
    sites: { 1: ['site-a', 'site-b'], 2: ['site-c'], 3: ['site-a'] },
  });
  expect(await publishChanges([record('1'), record('2'), record('3')], options)).toBeUndefined();
  expect(told).toEqual([
    'event 1',
    'event 2',
    'a h1, b h1',
    'event 3',
    'news 7',
    'raise site-a',
    'raise site-b',
    'raise site-c',
  ]);
});

it('leaves the rest to the next call when time is short, and raises versions for the finished part', async () => {
  let left = 2;
  const { told, options } = telling({
    timeLeft: () => left--,
    sites: { 1: ['site-a'], 3: ['site-c'] },
  });
  const open = await publishChanges([record('1'), record('2'), record('3')], options);
  expect(open?.dynamodb?.SequenceNumber).toBe('3');
  expect(told).toEqual(['event 1', 'event 2', 'raise site-a']);
});

it('resumes at the first change of a site whose version could not be raised', async () => {
  const { told, troubles, options } = telling({
    sites: { 1: ['site-a'], 2: ['site-b'], 3: ['site-b', 'site-c'] },
    raiseRouteVersion: async site => {
      if (site === 'site-b') throw new Error('the table is away');
      told.push(`raise ${site}`);
    },
  });
  const open = await publishChanges([record('1'), record('2'), record('3')], options);
  expect(open?.dynamodb?.SequenceNumber).toBe('2');
  expect(told.slice(3)).toEqual(['raise site-a', 'raise site-c']);
  expect(troubles).toEqual(['The edges of a site could not be notified of a change; it will be retried.']);
});

it.each(['publishNews', 'publishCommands'] as const)('repeats a change if %s failed', async name => {
  const { troubles, options } = telling({
    commands: { 2: [command('PATHS', 'a', 'h1')] },
    news: { 2: { policies_version: '4', routing_version: 7, spread_s: 5 } },
    [name]: async () => {
      throw new Error('the API is away');
    },
  });
  const open = await publishChanges([record('1'), record('2')], options);
  expect(open?.dynamodb?.SequenceNumber).toBe('2');
  expect(troubles).toEqual(['A change could not be published; it will be retried.']);
});

it('resumes at the record that could not be published', async () => {
  const { told, troubles, options } = telling({
    publishEvent: async ({ id }) => {
      if (id === '2') throw new Error('the API is away');
      told.push(`event ${id}`);
    },
  });
  const open = await publishChanges([record('1'), record('2'), record('3')], options);
  expect(open?.dynamodb?.SequenceNumber).toBe('2');
  expect(told).toEqual(['event 1']);
  expect(troubles).toEqual(['A change could not be published; it will be retried.']);
});
