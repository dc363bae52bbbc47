import type { PageGeometry } from './layout.ts';

/**
 * The frame of a document: its header and footer on every page, laid over the body's pages afterwards. They are a document of their
 * own, so that their styles and images work as the body's do (Chromium's own header templates load neither) and have as little
 * power, and every page has its number written in.
 */
export function frameHtml(header: string | undefined, footer: string | undefined): string {
  const template = (id: string, html = '') =>
    `<template id="${id}">${html.replaceAll(/<(\/?)template/gi, '&lt;$1template')}</template>`;
  return `<!doctype html><meta charset="utf-8">${template('header', header)}${template('footer', footer)}`;
}

/** Where the frame begins, from the edges of the page: at most 10 mm, less when the margin is less. */
const EDGE = (10 * 96) / 25.4;
/** Free space between frame and body. */
const GAP = (4 * 96) / 25.4;

/**
 * Source that lays out `pages` pages of header and footer in the loaded frame document. Authors also write the marks of
 * wkhtmltopdf, empty elements of the classes `page` and `topage`.
 */
export function arrangeFrame({ width, height, margin }: PageGeometry, pages: number): string {
  const sides = `position:absolute;left:${margin.left}px;right:${margin.right}px;`;
  const styles = {
    // A whisker less than the page, or rounding would add an empty one behind it.
    page: `position:relative;width:${width}px;height:${height - 1}px;overflow:hidden;break-after:page;`,
    header: `${sides}top:${Math.min(EDGE, margin.top)}px;`,
    footer: `${sides}bottom:${Math.min(EDGE, margin.bottom) - 1}px;`,
  };
  return `(() => {
    const styles = ${JSON.stringify(styles)};
    const pages = ${pages};
    document.body.replaceChildren();
    document.body.style.cssText = 'margin:0!important;padding:0!important;width:auto!important';
    document.documentElement.style.cssText = 'margin:0!important;padding:0!important';
    for (let number = 1; number <= pages; number += 1) {
      const page = document.createElement('div');
      page.style.cssText = styles.page + (number === pages ? 'break-after:auto' : '');
      for (const part of ['header', 'footer']) {
        const box = document.createElement('div');
        box.className = 'fieldwriter-' + part;
        box.style.cssText = styles[part];
        box.append(document.getElementById(part).content.cloneNode(true));
        const fill = (marks, text) => { for (const mark of box.querySelectorAll(marks)) mark.textContent = text; };
        fill('.pageNumber, .page:empty', String(number));
        fill('.totalPages, .topage:empty', String(pages));
        page.append(box);
      }
      document.body.append(page);
    }
  })()`;
}

/** The body's page when header and footer have these heights: margins grow where they would overlap. */
export function besideFrame(geometry: PageGeometry, [header, footer]: readonly [number, number]): PageGeometry {
  const room = (margin: number, height: number): number =>
    height === 0 ? margin : Math.min(Math.max(margin, Math.min(EDGE, margin) + height + GAP), geometry.height * 0.45);
  const { margin } = geometry;
  return {
    ...geometry,
    margin: { ...margin, top: room(margin.top, header), bottom: room(margin.bottom, footer) },
  };
}
