import './pdf-view.css';
import { Skeleton, Text } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist';
import { GlobalWorkerOptions, getDocument, TextLayer } from 'pdfjs-dist';
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?url';
import { useEffect, useRef, useState } from 'react';
import { text } from '../app/text.ts';

GlobalWorkerOptions.workerSrc = workerUrl;

interface PdfViewProps {
  /** What the document is called, for those who do not see it. */
  readonly title: string;
  /** The PDF itself; a new one replaces the old in place. */
  readonly bytes: ArrayBuffer;
}

/** A PDF in the page, as wide as its place; its words can be selected, searched and read aloud. */
export function PdfView({ title, bytes }: PdfViewProps) {
  const { ref, width } = useElementSize();
  const [pages, setPages] = useState<readonly PDFPageProxy[]>();
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    let left = false;
    // pdf.js takes the buffer away: it gets a copy, so that the same bytes can be shown again.
    const loading = getDocument({ data: bytes.slice(0), enableXfa: false });
    const load = async (): Promise<void> => {
      try {
        const loaded = await pagesOf(await loading.promise);
        if (left) return;
        setPages(loaded);
        setFailure(undefined);
      } catch (error) {
        if (!left) setFailure(error instanceof Error ? error.message : String(error));
      }
    };
    void load();
    return () => {
      left = true;
      void loading.destroy();
    };
  }, [bytes]);
  return (
    <section ref={ref} className="pdf-view" aria-label={title}>
      {failure === undefined ? null : (
        <Text size="sm" c="red" role="alert">
          {text.documents.unreadable(failure)}
        </Text>
      )}
      {pages || failure ? null : <Skeleton height={400} />}
      {width > 0 ? pages?.map((page) => <Page key={page.pageNumber} page={page} width={width} />) : null}
    </section>
  );
}

async function pagesOf(document: PDFDocumentProxy): Promise<readonly PDFPageProxy[]> {
  return Promise.all(Array.from({ length: document.numPages }, (_, index) => document.getPage(index + 1)));
}

function Page({ page, width }: { readonly page: PDFPageProxy; readonly width: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const words = useRef<HTMLDivElement>(null);
  const natural = page.getViewport({ scale: 1 });
  const scale = width / natural.width;
  useEffect(() => {
    const [surface, layer] = [canvas.current, words.current];
    if (!surface || !layer) return;
    const viewport = page.getViewport({ scale: scale * window.devicePixelRatio });
    surface.width = Math.floor(viewport.width);
    surface.height = Math.floor(viewport.height);
    const drawing = page.render({ canvas: surface, viewport });
    layer.replaceChildren();
    const spelled = new TextLayer({
      textContentSource: page.streamTextContent(),
      container: layer,
      viewport: page.getViewport({ scale }),
    });
    // A page that is drawn anew, or gone, ends the drawing before it: that is no failure.
    Promise.all([drawing.promise, spelled.render()]).catch(() => undefined);
    return () => {
      drawing.cancel();
      spelled.cancel();
    };
  }, [page, scale]);
  return (
    <div className="pdf-page" style={{ width, height: natural.height * scale }} data-page={page.pageNumber}>
      <canvas ref={canvas} aria-hidden />
      <div ref={words} className="pdf-words" style={{ '--total-scale-factor': scale } as React.CSSProperties} />
    </div>
  );
}
