import type { Experience, ExperienceLevel } from './experience.ts';

const STYLE = `
  body { font: 13px/1.45 'Liberation Sans', Arial, sans-serif; color: #1c2733; margin: 28px auto; max-width: 980px; padding: 0 20px; }
  h1 { font-size: 22px; color: #16324f; margin: 0 0 4px; } h2 { font-size: 15px; color: #16324f; margin: 26px 0 6px; }
  p { margin: 0 0 8px; color: #51606f; } section { break-inside: avoid; }
  table { width: 100%; border-collapse: collapse; } summary { cursor: pointer; color: #51606f; }
  th, td { text-align: right; padding: 3px 8px 3px 0; border-bottom: 1px solid #e6ebf0; font-variant-numeric: tabular-nums; }
  th { color: #51606f; font-weight: 600; } th:first-child, td:first-child { text-align: left; }
`;

/** Claims beside the plan, a chart and a table for each field, as one page without scripts. */
export function experiencePage(
  title: string,
  facts: readonly string[],
  experiences: readonly Experience[],
  currency: string,
): string {
  const sections = experiences.map(
    (
      experience,
    ) => `<section><h2>${escaped(experience.field)}</h2>${chart(experience)}<details><summary>As a table</summary>
<table><tr>${['', 'Policies', 'Claims', 'Frequency', `Burning cost, ${currency}`, `Premium, ${currency}`, 'Claims, relative', 'Plan, relative'].map((name) => `<th>${escaped(name)}</th>`).join('')}</tr>
${experience.levels.map(row).join('\n')}</table></details></section>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escaped(title)}</title><style>${STYLE}</style>
<h1>${escaped(title)}</h1>${facts.map((fact) => `<p>${escaped(fact)}</p>`).join('')}
${sections.join('\n')}</html>`;
}

function row({
  label,
  policies,
  claims,
  frequency,
  burningCost,
  averagePremium,
  actual,
  plan,
}: ExperienceLevel): string {
  const percent = `${(Number(frequency) * 100).toFixed(2)} %`;
  const cells = [label || '(none)', policies, claims, percent, burningCost, averagePremium, actual ?? '–', plan ?? '–'];
  return `<tr>${cells.map((cell) => `<td>${escaped(String(cell))}</td>`).join('')}</tr>`;
}

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [940, 230, 44, 52, 26, 34];
const [ACTUAL, PLAN] = ['#c2571a', '#1f5f8b'];

/** Policies as bars, both relativities as lines; where the plan lies below the claims it is too cheap. */
function chart({ levels }: Experience): string {
  const step = (WIDTH - LEFT - RIGHT) / Math.max(1, levels.length);
  const most = Math.max(1, ...levels.map(({ policies }) => policies));
  const top = Math.max(1.2, ...levels.flatMap(({ actual, plan }) => [Number(actual ?? 0), Number(plan ?? 0)])) * 1.05;
  const floor = HEIGHT - BOTTOM;
  const x = (at: number): number => LEFT + (at + 0.5) * step;
  const y = (value: number): number => floor - (Math.max(0, value) / top) * (floor - TOP);
  const bars = levels.map(({ policies }, at) => {
    const height = (policies / most) * (floor - TOP) * 0.55;
    return `<rect x="${(x(at) - step * 0.4).toFixed(1)}" y="${(floor - height).toFixed(1)}" width="${(step * 0.8).toFixed(1)}" height="${height.toFixed(1)}" fill="#dfe5eb"/>`;
  });
  const line = (member: 'actual' | 'plan', color: string): string => {
    const points = levels.flatMap((level, at) =>
      level[member] === null ? [] : [`${x(at).toFixed(1)},${y(Number(level[member])).toFixed(1)}`],
    );
    const dots = points.map((point) => `<circle cx="${point.replace(',', '" cy="')}" r="3" fill="${color}"/>`).join('');
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${color}" stroke-width="2"${member === 'plan' ? ' stroke-dasharray="6 3"' : ''}/>${dots}`;
  };
  const every = Math.ceil(levels.length / 14);
  const labels = levels.map(({ label }, at) =>
    at % every === 0
      ? `<text x="${x(at).toFixed(1)}" y="${floor + 15}" text-anchor="middle">${escaped(short(label || '(none)'))}</text>`
      : '',
  );
  const tick = top > 4 ? 1 : 0.5;
  const ticks = Array.from({ length: Math.floor(top / tick) + 1 }, (_, at) => at * tick).map(
    (value) =>
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}" stroke="${value === 1 ? '#8a97a5' : '#e6ebf0'}" stroke-width=".8"/><text x="${WIDTH - RIGHT + 8}" y="${(y(value) + 4).toFixed(1)}">${value.toFixed(1)}</text>`,
  );
  const legend = `<text x="${LEFT}" y="12" fill="${ACTUAL}">● Claims a policy, relative to the book</text><text x="${LEFT + 270}" y="12" fill="${PLAN}">● Premium of the plan, relative to the book (dashed)</text><text x="${LEFT + 600}" y="12">▮ Policies</text>`;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="100%" role="img" aria-label="Claims beside the plan" font-family="Liberation Sans, Arial, sans-serif" font-size="11" fill="#51606f">${legend}${bars.join('')}${ticks.join('')}${line('actual', ACTUAL)}${line('plan', PLAN)}${labels.join('')}</svg>`;
}

const short = (label: string): string => (label.length > 14 ? `${label.slice(0, 13)}…` : label);

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
