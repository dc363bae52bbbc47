import './print-sheet.css';
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { createPortal, flushSync } from 'react-dom';

/**
 * Prints something as a document of its own, whatever is on the screen: a worksheet, a comparison.
 * @returns how to print, and the sheet, which the component that prints must render; it is there only while it is printed
 */
export function usePrintSheet(content: () => ReactNode): { readonly print: () => void; readonly sheet: ReactNode } {
  const [printing, setPrinting] = useState(false);
  const print = useCallback(() => {
    // On the page before the browser looks at it.
    flushSync(() => setPrinting(true));
    window.print();
  }, []);
  useEffect(() => {
    if (!printing) return;
    const done = (): void => setPrinting(false);
    window.addEventListener('afterprint', done);
    return () => window.removeEventListener('afterprint', done);
  }, [printing]);
  const sheet = printing ? createPortal(<div className="print-sheet">{content()}</div>, document.body) : null;
  return { print, sheet };
}
