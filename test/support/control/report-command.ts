import type fc from 'fast-check';
import { expect } from 'vitest';
import type { FaultPlan } from '../faults.ts';
import { reportRecord, T0 } from '../report-records.ts';
import { chooser } from './chooser.ts';
import type { ControlModel } from './control-model.ts';
import type { ControlState, ModelBoot } from './control-state.ts';
import type { ControlWorld } from './control-world.ts';
import { expectOrders } from './expect-orders.ts';
import { expectShown } from './expect-shown.ts';
import { readShown } from './read-shown.ts';

/** The report of an edge, and the offset of its clock. */
export interface Reported {
  picks: readonly number[];
  new_boot: boolean;
  packets: readonly number[];
  latency_ms: number;
  packet_loss_pct: number;
  clock_ms: number;
  fault: FaultPlan | undefined;
}

/** Moves of traffic by measurements. */
const BY_ITSELF = ['failoverPath', 'failbackPath'];

/**
 * An edge reports its counts and the state of a path: each packet counts once, and no path that an
 * operator has withdrawn returns.
 */
export class ReportCommand implements fc.AsyncCommand<ControlModel, ControlWorld> {
  readonly #given: Reported;

  constructor(given: Reported) {
    this.#given = given;
  }

  check = () => true;

  async run(model: ControlModel, world: ControlWorld): Promise<void> {
    const { state } = model;
    const { picks, packets, clock_ms, fault, latency_ms, packet_loss_pct } = this.#given;
    world.now += 1000;
    const choose = chooser(picks);
    const edge = choose(state.edges)!;
    const boot = this.#bootOf(edge.boots);
    const policies = [...state.policies.map(({ id }) => id), 'default', 'unknown'];
    for (const count of packets) add(boot.reported, choose(policies)!, count);
    boot.seq += 1;
    const path = choose(state.paths);
    const sent_ms = world.now - T0 + clock_ms;
    const measured_at = new Date(T0 + sent_ms - 500).toISOString();
    const traffic = { tx_packets: 0n, tx_bytes: 0n, rx_packets: 0n, rx_bytes: 0n };
    const metrics = { latency_ms, jitter_ms: 1, packet_loss_pct, bandwidth_mbps: 100, measured_at };
    const record = reportRecord(
      {
        edge_id: edge.id,
        boot_id: boot.id,
        seq: boot.seq,
        sent_ms,
        policies: Object.entries(boot.reported).map(([policy_id, count]) => ({
          policy_id,
          packets: BigInt(count),
          bytes: BigInt(count) * 100n,
        })),
        paths: path ? [{ path_id: path.id, ...metrics, ...traffic }] : [],
      },
      { sequence: model.reports++, arrived_ms: world.now - T0 },
    );
    await world.ingest.take(record, fault);
    if (boot.voided_by === null) boot.counted = { ...boot.reported };
    world.now += 1000;
    const entries = await world.newEntries();
    for (const entry of entries) {
      expect(BY_ITSELF).toContain(entry.operation);
      expect(entry.target).toBe(`path:${path?.id}`);
      expect(path).toMatchObject({ place: 'in use', withdrawn: false });
    }
    model.entries.push(...entries);
    expectShown(await readShown(world, state, { all: false }), state);
    await expectOrders(world, state, entries);
  }

  toString = () => `report(${JSON.stringify(this.#given)})`;

  #bootOf(boots: ModelBoot[]): ModelBoot {
    const last = boots.at(-1);
    if (last && !this.#given.new_boot) return last;
    const boot = { id: `boot-${boots.length + 1}`, seq: 0, reported: {}, counted: {}, voided_by: null };
    boots.push(boot);
    return boot;
  }
}

function add(
  packets: ControlState['edges'][number]['boots'][number]['reported'],
  id: string,
  count: number,
): void {
  packets[id] = (packets[id] ?? 0) + count;
}
