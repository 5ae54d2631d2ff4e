import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool, startTool, until } from './run-tool.ts';

/** A real flow exporter. */
export interface Exporter {
  name: string;
  program: string;
  /** Sampled records are marked, also at a rate of 1. */
  protocol: 'netflow' | 'sflow';
  /**
   * Whether it reads the capture with more flows of one kind. softflowd puts its templates and ten
   * flow sets into one NetFlow v9 message, and goflow2 reads as many sets as the message counts
   * records: with few flows it leaves the last sets out.
   */
  more_flows?: boolean;
  /** tshark's filter for the exported packets. */
  filter: string;
  /** Reads a capture of `packets` packets and sends its flows to a port of the loopback. */
  send(work: { capture: string; packets: number; port: number; folder: string }): Promise<void>;
}

export const EXPORTERS: Exporter[] = [
  ...[
    { version: '5', name: 'softflowd-v5', filter: 'ip' },
    { version: '9', name: 'softflowd-v9', filter: 'ip or ipv6', more_flows: true },
    { version: '10', name: 'softflowd-ipfix', filter: 'ip or ipv6' },
  ].map(
    ({ version, name, filter, ...rest }): Exporter => ({
      ...rest,
      name,
      program: 'softflowd',
      protocol: 'netflow',
      filter,
      async send({ capture, packets, port, folder }) {
        const control = join(folder, 'softflowd.ctl');
        const files = ['-p', join(folder, 'softflowd.pid'), '-c', control];
        const target = ['-n', `127.0.0.1:${port}`, '-v', version];
        const tool = startTool('softflowd', ['-d', '-6', '-r', capture, ...target, ...files]);
        // It continues to read when its control socket is used.
        await until('softflowd reading the capture', () =>
          runTool('softflowctl', ['-c', control, 'statistics']).stdout.includes(
            `Packets processed: ${packets}\n`,
          ),
        );
        runTool('softflowctl', ['-c', control, 'shutdown']);
        await tool.stop();
      },
    }),
  ),
  {
    name: 'pmacct-sflow',
    program: 'pmacctd',
    protocol: 'sflow',
    filter: 'ip or ipv6',
    async send({ capture, port, folder }) {
      const config = join(folder, 'pmacctd.conf');
      const settings = {
        daemonize: 'false',
        pcap_savefile: capture,
        pcap_savefile_delay: 1,
        pcap_savefile_wait: 3,
        plugins: 'sfprobe',
        sfprobe_receiver: `127.0.0.1:${port}`,
        sampling_rate: 1,
      };
      writeFileSync(
        config,
        Object.entries(settings)
          .map(([key, value]) => `${key}: ${value}\n`)
          .join(''),
      );
      runTool('pmacctd', ['-f', config]);
    },
  },
];
