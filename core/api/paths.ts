import { fileURLToPath } from 'node:url';

// Two levels below the root, in the sources (core/api) and in the bundle (dist/core) alike.
const root = new URL('../../', import.meta.url);

/** The built screens. */
export const SCREENS_FOLDER: string = fileURLToPath(new URL('dist/renderer', root));
/** The products that come along. */
export const EXAMPLES_FOLDER: string = fileURLToPath(new URL('examples', root));
