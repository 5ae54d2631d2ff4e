import { readFileSync } from 'node:fs';
import { startBrowser } from './scripts/browser/start-browser.ts';
const [out, ...files] = process.argv.slice(2);
const b = await startBrowser(); const p = await b.newPage({ viewport: { width: 1700, height: 1160 } });
await p.setContent(`<body style="margin:0;display:grid;grid-template-columns:1fr 1fr;gap:6px">${files.map(f => `<img style="width:100%" src="data:image/png;base64,${readFileSync(f).toString('base64')}">`).join('')}`);
await p.screenshot({ path: out }); await b.close();
