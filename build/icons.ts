/** Draws the icons that packaging needs from the one drawing there is: `node build/icons.ts`, after a change of the drawing. */
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { launchBrowser } from '../core/documents/chromium.ts';

const root = path.resolve(import.meta.dirname, '..');
const drawing = readFileSync(path.join(root, 'renderer/public/icon.svg')).toString('base64');
const folder = path.join(root, 'build/icons');
mkdirSync(folder, { recursive: true });
const browser = await launchBrowser();
const page = await browser.newPage();
for (const [name, size] of [
  ['icon', 1024],
  ['tray', 32],
] as const) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(
    `<style>body { margin: 0 } img { display: block; width: ${size}px }</style><img src="data:image/svg+xml;base64,${drawing}">`,
  );
  await page.screenshot({ path: path.join(folder, `${name}.png`), omitBackground: true });
}
await browser.close();
