import { describe, expect, it } from 'vitest';
import { collectAssets } from './assets.ts';

const nothing = () => undefined;

describe('what a page refers to (D8)', () => {
  it.each([
    ['<img alt=x src="a b.png">', ['a b.png']],
    ["<IMG\n  SRC='a.png'><img src=b.png>", ['a.png', 'b.png']],
    ['<link rel="stylesheet" href="a.css"><image xlink:href="b.svg"/>', ['a.css', 'b.svg']],
    ['<p style="background: url( \'a.png\' )"><td background="b.png">', ['b.png', 'a.png']],
    ['<style>@import "a.css"; p { background: url(b.png) }</style>', ['b.png', 'a.css']],
    ['<a href="page.html"><img src="data:image/png;base64,AA=="><img src="#x">', []],
  ])('%s', (html, expected) => {
    expect(collectAssets(html, nothing).missing).toEqual(expected);
  });

  it('loads 500 files at most and says how many are left out', () => {
    const html = Array.from({ length: 503 }, (_, index) => `<img src="${index}.png">`).join('');
    const { assets, missing, beyond } = collectAssets(html, () => new Uint8Array(1));
    expect([assets.size, missing, beyond]).toEqual([500, [], 3]);
  });

  it.each(['<img ', '<link ', 'url(', 'url("', 'url(a ', ' background="', '@import "', '<img src=', '<img  src '])(
    'a page of %s without end is read in a moment',
    (piece) => {
      const started = performance.now();
      collectAssets(piece.repeat(200_000), nothing);
      // Reading each again to the end of the page took minutes.
      expect(performance.now() - started).toBeLessThan(2_000);
    },
  );
});
