import { describe, expect, it } from 'vitest';
import { onlyLoopback } from '../../../../scripts/rehearse/emulator.ts';
import { isLoopback, parseSocketTable } from '../../../../scripts/rehearse/listening-sockets.ts';

const HEADER =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';

function row(local: string, state: string, inode: number): string {
  return `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0000000000000000 100 0 0 10 0`;
}

describe('the table of sockets', () => {
  it('lists listening sockets with readable addresses', () => {
    const table = [
      HEADER,
      row('0100007F:11F7', '0A', 101),
      row('00000000:22B3', '0A', 102),
      row('0100007F:D431', '01', 103),
      row('00000000000000000000000001000000:0050', '0A', 104),
      row('00000000000000000000000000000000:01BB', '0A', 105),
    ].join('\n');
    expect(parseSocketTable(`${table}\n`)).toEqual([
      { address: '127.0.0.1', port: 4599, inode: '101' },
      { address: '0.0.0.0', port: 8883, inode: '102' },
      { address: '0:0:0:0:0:0:0:1', port: 80, inode: '104' },
      { address: '0:0:0:0:0:0:0:0', port: 443, inode: '105' },
    ]);
  });

  it('may be empty', () => {
    expect(parseSocketTable(`${HEADER}\n`)).toEqual([]);
  });
});

describe('an address', () => {
  it.each(['127.0.0.1', '127.1.2.3', '0:0:0:0:0:0:0:1', '0:0:0:0:0:ffff:7f00:1'])(
    'of the loopback is recognized: %s',
    address => {
      expect(isLoopback(address)).toBe(true);
    },
  );

  it.each(['0.0.0.0', '10.127.0.1', '0:0:0:0:0:0:0:0', 'fe80:0:0:0:0:0:0:1', '0:0:0:0:0:ffff:a00:1'])(
    'that other machines can reach is not a loopback address: %s',
    address => {
      expect(isLoopback(address)).toBe(false);
    },
  );

  it('that other machines can reach ends the rehearsal', () => {
    const sockets = [
      { address: '127.0.0.1', port: 4566 },
      { address: '0.0.0.0', port: 8883 },
      { address: '0:0:0:0:0:0:0:0', port: 443 },
    ];
    expect(() => onlyLoopback(sockets)).toThrow(
      'MiniStack listens on addresses that other machines can reach (0.0.0.0:8883, 0:0:0:0:0:0:0:0:443): the rehearsal stops.',
    );
    expect(onlyLoopback(sockets.slice(0, 1))).toEqual(sockets.slice(0, 1));
  });
});
