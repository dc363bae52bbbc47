import { buildRenderer } from '../../build/renderer.ts';

/** Once before all: two suites that begin together would build over each other. */
export default async function buildScreens(): Promise<void> {
  await buildRenderer();
}
