import type { Disagreement, Opinion } from '#core/lab/second-opinion/contract.ts';
import { secondOpinion } from '#core/lab/second-opinion/opinion.ts';
import { openThrowawayDesk, type ThrowawayDesk } from '#core/policy/throwaway.ts';
import { openSecondEngine } from '#core/sandbox/second-engine.ts';
import { printJson, printProblem, progress } from './output.ts';
import { chooseProduct, configurationAt } from './source.ts';

/** So many risks at a time, between two looks at the progress bar. */
const SLICE = 10;

/** `fieldwriter second-opinion`: sampled risks by two evaluators. @returns 0 where they agree, 1 where they do not */
export async function opinion(
  source: string,
  options: { readonly product?: string; readonly count: number; readonly seed: string; readonly json?: boolean },
): Promise<number> {
  let workbench: ThrowawayDesk | undefined;
  const engine = openSecondEngine();
  try {
    const configuration = await configurationAt(source);
    const names = options.product === undefined ? configuration.products.map(({ name }) => name) : [options.product];
    workbench = await openThrowawayDesk(configuration, { documents: 'later' });
    const bar = progress(names.length * options.count, 'Rating twice');
    const opinions: Opinion[] = [];
    for (const [at, name] of names.entries()) {
      const deployed = await workbench.desk.configurations.newestOf(name);
      const side = { deployed, product: chooseProduct(deployed.configuration, name) };
      let whole: Opinion | undefined;
      for (let from = 0; from < options.count; from += SLICE) {
        const count = Math.min(SLICE, options.count - from);
        const part = await secondOpinion(workbench.desk, side, { seed: options.seed, from, count }, engine);
        whole = whole ? together(whole, part) : part;
        bar.step(at * options.count + from + count);
      }
      if (whole) opinions.push(whole);
    }
    bar.end();
    if (options.json) printJson(opinions);
    else for (const one of opinions) process.stdout.write(`${linesOf(one).join('\n')}\n`);
    return opinions.every(({ disagreements }) => disagreements.length === 0) ? 0 : 1;
  } catch (error) {
    printProblem(error);
    return 1;
  } finally {
    await engine.close();
    await workbench?.close();
  }
}

function together(a: Opinion, b: Opinion): Opinion {
  return {
    ...a,
    risks: a.risks + b.risks,
    agreed: a.agreed + b.agreed,
    unable: { ...b.unable, ...a.unable, risks: a.unable.risks + b.unable.risks },
    disagreements: [...a.disagreements, ...b.disagreements],
  };
}

function linesOf({ product, risks, agreed, unable, disagreements, evaluators }: Opinion): readonly string[] {
  return [
    `${product}: ${agreed} of ${risks} risks agree to the cent (${evaluators.join(' and ')})`,
    ...(unable.risks > 0 ? [`  ${unable.risks} could not be judged: ${unable.why}`] : []),
    ...disagreements.flatMap(disagreementLines),
  ];
}

function disagreementLines({ sample, what, first, second, firstStep, request }: Disagreement): readonly string[] {
  const step = firstStep
    ? `  first differing step (${firstStep.path.join(' › ')}): ${firstStep.first ?? 'nothing'} — ${firstStep.second ?? 'nothing'}`
    : '  the worksheets say the same: only the results differ';
  return [`  risk ${sample}: ${what} is ${first} and ${second}`, step, `  ${JSON.stringify(request)}`];
}
