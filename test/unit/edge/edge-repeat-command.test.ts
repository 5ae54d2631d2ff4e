import { describe, expect, it } from 'vitest';
import { repeatCommand } from '../../../edge/cli/repeat-command.ts';

describe('the command that continues a replay', () => {
  it.each([
    [['replay', 'a.pcap'], 'replay a.pcap --boot-id b1'],
    [['replay', 'a.pcap', '--boot-id', 'mine'], 'replay a.pcap --boot-id mine'],
    [['replay', 'a.pcap', '--boot-id=mine'], 'replay a.pcap --boot-id=mine'],
    [['replay', "it's here.pcap", '$HOME'], "replay 'it'\\''s here.pcap' '$HOME' --boot-id b1"],
    [['replay', 'a', '--token', 'secret', '--wait'], 'replay a --token TOKEN --wait --boot-id b1'],
    [['replay', 'a', '--token=secret'], 'replay a --token=TOKEN --boot-id b1'],
  ])('can be pasted into a shell with %j', (argv, command) => {
    expect(repeatCommand(argv, 'b1')).toBe(`npm run edge -- ${command}`);
  });
});
