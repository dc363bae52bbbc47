import { once } from 'node:events';
import { sampleRequests } from '#core/product/sample.ts';
import { printProblem, progress } from './output.ts';
import { chooseProduct, configurationAt } from './source.ts';

/** `fieldwriter sample`: valid random requests, one JSON `{policyholder, policy}` a line; the same seed gives the same lines. */
export async function sample(
  source: string,
  options: { readonly product?: string; readonly count: number; readonly seed: string },
): Promise<number> {
  try {
    const configuration = await configurationAt(source);
    const product = chooseProduct(configuration, options.product);
    const bar = progress(options.count, 'Sampling');
    let done = 0;
    for (const request of sampleRequests(product, configuration, {
      count: options.count,
      seed: options.seed,
      now: Date.now(),
    })) {
      if (process.stdout.destroyed) break;
      // A reader that closes the pipe early (`| head`) ends the wait with an error: that is its right, not a failure.
      if (!process.stdout.write(`${JSON.stringify(request)}\n`)) await once(process.stdout, 'drain').catch(() => {});
      done += 1;
      bar.step(done);
    }
    bar.end();
    return 0;
  } catch (error) {
    printProblem(error);
    return 1;
  }
}
