// Makes edge/sample/office.pcap, the capture that the documentation replays. It is in the repository: run this after
// changing how it is made (npx node scripts/make-sample-capture.ts).
import { writeFile } from 'node:fs/promises';
import { makeOfficeCapture } from '../edge/sample/office-capture.ts';

const { file, packets, bytes, skipped } = makeOfficeCapture('office');
await writeFile(new URL('../edge/sample/office.pcap', import.meta.url), file);
console.log(
  `${file.length} bytes: ${packets} packets, ${bytes} layer-3 bytes, ${skipped} frames that are no IP.`,
);
