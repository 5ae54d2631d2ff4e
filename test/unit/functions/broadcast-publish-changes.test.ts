import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { expect, it } from 'vitest';
import { systemCaller } from '../../../core/access/caller.ts';
import type { PendingCommand } from '../../../core/commands/edge-command.ts';
import type { StreamChange } from '../../../core/events/stream-change.ts';
import { type PublishOptions, publishChanges } from '../../../functions/broadcast/publish-changes.ts';

/** A new audit entry that subscribers are told of. */
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

function telling(given: Partial<PublishOptions> & { commands?: Record<string, PendingCommand[]> } = {}) {
  const told: string[] = [];
  const troubles: string[] = [];
  const { commands = {}, ...more } = given;
  const options: PublishOptions = {
    publishEvent: async ({ id }) => void told.push(`event ${id}`),
    publishCommands: async list =>
      void told.push(list.map(({ edge_id, id }) => `${edge_id} ${id}`).join(', ')),
    commandsOf: async ({ sk }: StreamChange) => commands[sk] ?? [],
    orderRoutes: async () => 0,
    timeLeft: () => 1000,
    onTampering: () => told.push('tampering'),
    onTrouble: message => troubles.push(message),
    count: () => {},
    ...more,
  };
  return { told, troubles, options };
}

it('tells each edge once that its paths have changed, after everything else', async () => {
  const { told, options } = telling({
    commands: {
      1: [command('PATHS', 'a', 'h1'), command('PATHS', 'b', 'h1')],
      2: [command('POLICIES', 'a', 'p2')],
      3: [command('PATHS', 'a', 'h3')],
    },
  });
  expect(await publishChanges([record('1'), record('2'), record('3')], options)).toBeUndefined();
  expect(told).toEqual(['event 1', 'event 2', 'a p2', 'event 3', 'a h3, b h1']);
});

it('leaves what it has no time for to the next call, hints of what was told included', async () => {
  let left = 2;
  const { told, options } = telling({
    timeLeft: () => left--,
    commands: { 1: [command('PATHS', 'a', 'h1')], 3: [command('PATHS', 'a', 'h3')] },
  });
  const open = await publishChanges([record('1'), record('2'), record('3')], options);
  expect(open?.dynamodb?.SequenceNumber).toBe('3');
  expect(told).toEqual(['event 1', 'event 2', 'a h1']);
});

it('begins again with the record that could not be published', async () => {
  const { told, troubles, options } = telling({
    publishEvent: async ({ id }) => {
      if (id === '2') throw new Error('the API is away');
      told.push(`event ${id}`);
    },
  });
  const open = await publishChanges([record('1'), record('2'), record('3')], options);
  expect(open?.dynamodb?.SequenceNumber).toBe('2');
  expect(told).toEqual(['event 1']);
  expect(troubles).toEqual(['A change could not be published; it is tried again.']);
});

it('does not tell everything again for a hint that did not arrive', async () => {
  const { troubles, options } = telling({
    commands: { 1: [command('PATHS', 'a', 'h1')] },
    publishCommands: async () => {
      throw new Error('the API is away');
    },
  });
  expect(await publishChanges([record('1')], options)).toBeUndefined();
  expect(troubles).toEqual([
    'Edges could not be told that paths have changed; they read them within minutes.',
  ]);
});
