import { desktop } from '../../../app/save-file.ts';
import { type ImpactView, viewQuery } from './view.ts';

/** Makes a report of a run and saves it: the desktop asks where, a browser downloads it. Throws what the workbench says. */
export async function exportReport(
  run: string,
  view: ImpactView,
  report: { readonly format: 'xlsx' | 'pdf'; readonly title: string; readonly name: string },
): Promise<void> {
  const { format, title, name } = report;
  const path = `/api/lab/impact/runs/${run}/report?${viewQuery(view, { format, title })}`;
  const response = await fetch(path, { credentials: 'same-origin' });
  if (!response.ok) {
    const problem = (await response.json().catch(() => ({}))) as { readonly detail?: string };
    throw new Error(problem.detail ?? response.statusText);
  }
  const blob = await response.blob();
  const bridge = desktop();
  if (bridge) {
    await bridge.saveFile({ name, bytes: new Uint8Array(await blob.arrayBuffer()) });
    return;
  }
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
