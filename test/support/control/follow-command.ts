import type fc from 'fast-check';
import { expect } from 'vitest';
import { auditEntries } from '../audit-entries.ts';
import type { ControlModel } from './control-model.ts';
import type { ControlWorld } from './control-world.ts';

/** A reader who follows the audit log reads on after the last entry that they have. */
export class FollowCommand implements fc.AsyncCommand<ControlModel, ControlWorld> {
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  check = () => true;

  async run(model: ControlModel, world: ControlWorld): Promise<void> {
    await follow(model, world, this.#limit);
  }

  toString = () => `follow(${this.#limit})`;
}

/**
 * Fails unless the follower received each entry once, and every change has one; nothing changes any
 * more.
 */
export async function expectFollowed(model: ControlModel, world: ControlWorld): Promise<void> {
  while ((await follow(model, world, 100)) > 0);
  const stored = await auditEntries(world.db);
  expect(model.followed).toEqual(stored.map(({ id }) => id));
  const changes = stored.filter(({ outcome }) => outcome === 'DONE').map(({ id }) => id);
  expect(changes.toSorted()).toEqual(model.entries.map(({ id }) => id).toSorted());
}

async function follow({ followed }: ControlModel, world: ControlWorld, limit: number): Promise<number> {
  const after_id = followed.at(-1) ?? null;
  const { items } = (await world.query('auditLog', { limit, order: 'OLDEST_FIRST', after_id })) as {
    items: { id: string }[];
  };
  followed.push(...items.map(({ id }) => id));
  return items.length;
}
