import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, portState, runTool, startTool, until } from './run-tool.ts';

/** A real collector that writes flow records as JSON. */
export interface Collector {
  format: 'nfdump' | 'goflow2';
  program(protocol: 'netflow' | 'sflow'): string;
  /** Collects the flows that `send` sends, and returns the records. */
  collect(work: {
    protocol: 'netflow' | 'sflow';
    folder: string;
    send: (port: number) => Promise<void>;
  }): Promise<string>;
}

export const COLLECTORS: Collector[] = [
  {
    format: 'nfdump',
    program: protocol => (protocol === 'netflow' ? 'nfcapd' : 'sfcapd'),
    async collect({ protocol, folder, send }) {
      const port = await freePort();
      const files = join(folder, 'nfdump');
      mkdirSync(files);
      const tool = startTool(this.program(protocol), [
        '-w',
        files,
        '-p',
        `${port}`,
        '-b',
        '127.0.0.1',
        '-t',
        '3600',
      ]);
      await sendAll(port, send);
      await tool.stop();
      const file = readdirSync(files).find(name => /^nfcapd\.\d+$/.test(name));
      return runTool('nfdump', ['-r', join(files, file!), '-o', 'json']).stdout;
    },
  },
  {
    format: 'goflow2',
    program: () => 'goflow2',
    async collect({ protocol, send }) {
      const port = await freePort();
      // One worker, so that no data is read before the templates that came before it.
      const listen = [
        '-listen',
        `${protocol}://127.0.0.1:${port}?workers=1`,
        '-addr',
        `127.0.0.1:${await freePort()}`,
      ];
      const tool = startTool('goflow2', [...listen, '-format', 'json']);
      await sendAll(port, send);
      await tool.stop();
      return tool.output();
    },
  },
];

async function sendAll(port: number, send: (port: number) => Promise<void>): Promise<void> {
  await until('the collector listening', () => portState(port) !== 'closed');
  await send(port);
  await until('the collector reading all', () => portState(port) === 'read');
}
