import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputNotes } from '../../../edge/counting/input-notes.ts';
import { Connections } from '../../../edge/flow-records/connections.ts';
import { asaEvent, countRecords, nfdumpRecord } from '../../support/exported-records.ts';

const began = (records: number, packets: number) => [
  { kind: 'began_before_input', records, packets, bytes: packets * 100 },
];

describe('events of an ASA', () => {
  it.each<[string, object[], number, object[]]>([
    [
      'UPDATEs count their increments, DELETE nothing more',
      [
        asaEvent('CREATE'),
        asaEvent('UPDATE', { there: 12, back: 9, at: 1 }),
        asaEvent('UPDATE', { there: 1, at: 2 }),
        asaEvent('DELETE', { there: 13, back: 9, at: 3 }),
      ],
      22,
      [],
    ],
    [
      'DELETE counts the excess over the UPDATEs',
      [
        asaEvent('CREATE'),
        asaEvent('UPDATE', { there: 12, back: 9, at: 1 }),
        asaEvent('DELETE', { there: 20, back: 30, at: 3 }),
      ],
      50,
      [],
    ],
    [
      'DELETE counts all of a short connection',
      [asaEvent('CREATE'), asaEvent('DELETE', { there: 5, back: 4 })],
      9,
      [],
    ],
    ['DELETE counts all if it is the only event', [asaEvent('DELETE', { there: 5, back: 4 })], 9, []],
    [
      'the rest of a connection that began before the input is not counted',
      [asaEvent('UPDATE', { there: 5, at: 1 }), asaEvent('DELETE', { there: 90, back: 10, at: 2 })],
      5,
      began(1, 95),
    ],
    [
      '… nor all of one that states its own earlier start',
      [asaEvent('UPDATE', { id: 1, there: 5 }), asaEvent('DELETE', { id: 2, there: 90, began: -50, at: 2 })],
      5,
      began(1, 90),
    ],
    [
      'a connection without its CREATE counts if it began later',
      [
        asaEvent('CREATE', { id: 1 }),
        asaEvent('UPDATE', { id: 2, there: 5, began: 1, at: 2 }),
        asaEvent('DELETE', { id: 2, there: 7, began: 1, at: 3 }),
      ],
      7,
      [],
    ],
    [
      'a repeated DELETE and a late UPDATE count nothing',
      [
        asaEvent('CREATE'),
        asaEvent('DELETE', { there: 5, at: 2 }),
        asaEvent('DELETE', { there: 5, at: 2 }),
        asaEvent('UPDATE', { there: 5, at: 1 }),
      ],
      5,
      [],
    ],
    [
      'a restarted firewall gives the id to another connection',
      [
        asaEvent('CREATE'),
        asaEvent('UPDATE', { there: 5 }),
        asaEvent('DELETE', { there: 3, src_port: 4000 }),
        asaEvent('DELETE', { there: 2, export_sysid: 7 }),
      ],
      10,
      [],
    ],
    [
      'UPDATEs above the total stay, with a note',
      [asaEvent('CREATE'), asaEvent('UPDATE', { there: 5 }), asaEvent('DELETE', { there: 3, back: 2 })],
      7,
      [{ kind: 'updates_exceed_total', records: 1 }],
    ],
    [
      'denied connections and NAT events hold no traffic',
      [asaEvent('DENIED'), nfdumpRecord({ type: 'EVENT', nat_event_id: '1', in_packets: 0, in_bytes: 0 })],
      0,
      [],
    ],
  ])('%s', (_, events, packets, notes) => {
    const counted = countRecords('nfdump', events);
    expect(counted).toMatchObject({ packets, bytes: packets * 100, problems: [] });
    expect(counted.notes.filter(({ kind }) => kind !== 'event_bytes')).toEqual(notes);
  });

  it('count under the 5-tuple of each direction', () => {
    const { flows } = countRecords('nfdump', [asaEvent('DELETE', { there: 5, back: 4 })]);
    expect(
      new Map(
        flows.map(({ src, src_port, dst, dst_port, packets }) => [packets, [src, src_port, dst, dst_port]]),
      ),
    ).toEqual(
      new Map([
        [5n, ['10.1.2.3', 51234, '192.0.2.9', 443]],
        [4n, ['192.0.2.9', 443, '10.1.2.3', 51234]],
      ]),
    );
  });

  it('count each connection once in any order of its events, if all of them are in the input', () => {
    const connection = fc.record({
      updates: fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { maxLength: 4 }),
      rest: fc.tuple(fc.nat(9), fc.nat(9)),
    });
    fc.assert(
      fc.property(
        fc.array(connection, { maxLength: 8 }),
        fc.infiniteStream(fc.nat()),
        (connections, order) => {
          const queues = connections.map(({ updates, rest }, id) => {
            const total = updates.reduce(([a, b], [c, d]) => [a + c, b + d] as [number, number], rest);
            return [
              asaEvent('CREATE', { id }),
              ...updates.map(([there, back]) => asaEvent('UPDATE', { id, there, back })),
              asaEvent('DELETE', { id, there: total[0], back: total[1] }),
            ];
          });
          const events: object[] = [];
          for (const pick of order) {
            const open = queues.filter(queue => queue.length > 0);
            if (open.length === 0) break;
            events.push(open[pick % open.length]!.shift()!);
          }
          const expected = connections
            .flatMap(({ updates, rest }) => [...updates, rest])
            .reduce((sum, [there, back]) => sum + there + back, 0);
          expect(countRecords('nfdump', events).packets).toBe(expected);
        },
      ),
    );
  });
});

describe('the table of connections', () => {
  const event = (key: string, kind: 'create' | 'update' | 'delete', packets: bigint, event_ms: number) => ({
    key,
    exporter: '1',
    kind,
    began_ms: undefined,
    event_ms,
    carried: { in_packets: packets, in_bytes: packets * 100n, out_packets: 0n, out_bytes: 0n },
  });

  it('evicts the connection that was idle longest, and never counts the rest of it twice', () => {
    const notes = new InputNotes();
    const connections = new Connections(notes, 2);
    for (const key of ['a', 'b']) connections.take(event(key, 'create', 0n, 1));
    connections.take(event('b', 'update', 3n, 2));
    connections.take(event('a', 'update', 5n, 3));
    connections.take(event('c', 'create', 0n, 4));
    expect(connections.take(event('a', 'delete', 6n, 5)).in_packets).toBe(1n);
    expect(connections.take(event('b', 'delete', 4n, 6)).in_packets).toBe(0n);
    expect(notes.list()).toEqual([{ kind: 'connections_evicted', records: 1, packets: 4, bytes: 400 }]);
  });

  it('loses no counts when it evicts a connection without UPDATEs', () => {
    const connections = new Connections(new InputNotes(), 1);
    connections.take(event('a', 'create', 0n, 1));
    connections.take(event('b', 'create', 0n, 2));
    expect(connections.take(event('a', 'delete', 6n, 5)).in_packets).toBe(6n);
  });
});
