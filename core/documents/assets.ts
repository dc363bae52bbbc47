// A template's author and customers decide what stands in a page: none of these may look at the same text again and again.
/** Takes all of a tag, closed or not, so that the next search begins behind it. */
const TAGS = /<(?:img|image|input|source|link)\b([^>]*)/gi;
const ATTRIBUTE = /\s(?:src|href|xlink:href)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i;
const OTHERS = [
  /\sbackground\s*=\s*(?:"([^"]*)"|'([^']*)')/gi,
  /\burl\(\s*(?:"([^"]*)"|'([^']*)'|([^()"'\s]+))\s*\)/gi,
  /@import\s+(?:"([^"]*)"|'([^']*)')/gi,
];
/** Where a page believes to be: its references are resolved against it. Nothing ever answers there but the sheet. */
export const ORIGIN = 'http://document.invalid';
const MOST_ASSETS = 500;

export interface FoundAssets {
  /** By `assetKey`. */
  readonly assets: ReadonlyMap<string, Uint8Array>;
  /** References that nothing was found for. */
  readonly missing: readonly string[];
  /** How many more there were than a page may load (500). */
  readonly beyond: number;
}

/**
 * Finds what a page refers to (images, styles, fonts; what styles refer to, too) among the files of the configuration. Outside
 * addresses are not fetched: `http://host/logo.png` is looked for as `assets/host/logo.png`, then as `assets/logo.png`.
 * @param find the bytes of the first of these paths that exists
 */
export function collectAssets(html: string, find: (paths: readonly string[]) => Uint8Array | undefined): FoundAssets {
  const assets = new Map<string, Uint8Array>();
  const missing = new Set<string>();
  const beyond = new Set<string>();
  const queue: { text: string; base: string }[] = [{ text: html, base: `${ORIGIN}/` }];
  for (let page = queue.shift(); page; page = queue.shift()) {
    for (const reference of references(page.text)) {
      const url = resolve(reference, page.base);
      if (!url) continue;
      const key = assetKey(url);
      if (assets.has(key) || missing.has(reference)) continue;
      if (assets.size >= MOST_ASSETS) {
        beyond.add(key);
        continue;
      }
      const bytes = find(candidates(url, key));
      if (!bytes) missing.add(reference);
      else {
        assets.set(key, bytes);
        if (url.pathname.endsWith('.css')) queue.push({ text: new TextDecoder().decode(bytes), base: url.href });
      }
    }
  }
  return { assets, missing: [...missing], beyond: beyond.size };
}

function references(text: string): Set<string> {
  const found = new Set<string>();
  const add = (match: RegExpExecArray | null): void => {
    const reference = (match?.[1] ?? match?.[2] ?? match?.[3] ?? '').trim().replaceAll('&amp;', '&');
    if (reference !== '' && !/^(data:|#|about:|javascript:)/i.test(reference)) found.add(reference);
  };
  for (const [, attributes = ''] of text.matchAll(TAGS)) add(ATTRIBUTE.exec(attributes));
  for (const pattern of OTHERS) for (const match of text.matchAll(pattern)) add(match);
  return found;
}

function resolve(reference: string, base: string): URL | undefined {
  try {
    const url = new URL(reference, base);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined;
  } catch {
    return undefined;
  }
}

/** `new URL` has resolved every `..` already, so that no path leads out of the folders that `find` knows. */
function candidates(url: URL, key: string): string[] {
  const path = pathOf(url);
  const name = path.split('/').pop() ?? path;
  if (key === path) return [path, `assets/${path}`, `images/${path}`, `static_documents/${path}`];
  return [`assets/${url.host}/${path}`, `assets/${name}`];
}

/** Under what an asset is kept and asked for: its path in the configuration, or the full address of one outside. */
export const assetKey = (url: URL): string => (url.origin === ORIGIN ? pathOf(url) : url.href);

function pathOf(url: URL): string {
  const path = url.pathname.slice(1);
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // a lone % is a name like any other
  }
}
