/** `npm run build`: screens, core and shell into dist/. */
import { bundleCore, bundleShell } from './bundle.ts';
import { buildRenderer } from './renderer.ts';

await buildRenderer({ force: true });
await bundleCore();
await bundleShell();
