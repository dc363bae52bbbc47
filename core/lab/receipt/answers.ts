import type { JsonObject, JsonValue } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import type { PricingPorts } from '#core/pricing/contract.ts';
import type { Answers } from './contract.ts';
import { hashOfJson } from './seal.ts';

type Answer = Answers['reads'][number];

/**
 * Ports that write down what is answered from outside the engines while something is priced: a receipt must hold it, for
 * another store has other policies and no recorded rater (PR4).
 */
export function listening(ports: PricingPorts): { readonly ports: PricingPorts; answers(): Answers } {
  const raters = new Map<string, Answer>();
  const reads = new Map<string, Answer>();
  const { reader, externalRater } = ports;
  return {
    answers: () => ({ raters: [...raters.values()], reads: [...reads.values()] }),
    ports: {
      ...ports,
      ...(reader && {
        reader: {
          async fetchByLocator(entity, locator) {
            const answer = await reader.fetchByLocator(entity, locator);
            note(reads, ['entity', entity.toLowerCase(), locator], answer);
            return answer;
          },
          async getAuxData(locator, key) {
            const answer = await reader.getAuxData(locator, key);
            note(reads, ['aux', locator, key], answer);
            return answer;
          },
        },
      }),
      ...(externalRater && {
        externalRater: {
          async rate(name, request, signal) {
            const answer = await externalRater.rate(name, request, signal);
            note(raters, question(name, request), answer);
            return answer;
          },
        },
      }),
    },
  };
}

function note(into: Map<string, Answer>, asked: readonly unknown[], answer: JsonValue): void {
  const hash = hashOfJson(asked);
  into.set(hash, { asked: hash, answer });
}

/** Who is asked, and for which rows: their fields may be left out of the receipt. */
function question(name: string, { policyExposurePerils }: JsonObject): readonly unknown[] {
  return [name, policyExposurePerils ?? null];
}

/** Ports that answer what a receipt holds, and nothing else: confirming asks nobody outside. */
export function answering(sandbox: PricingPorts['sandbox'], { raters, reads }: Answers): PricingPorts {
  const find = (answers: readonly Answer[], asked: readonly unknown[]): Answer | undefined => {
    const hash = hashOfJson(asked);
    return answers.find((one) => one.asked === hash);
  };
  return {
    sandbox,
    reader: {
      fetchByLocator: async (entity, locator) => find(reads, ['entity', entity.toLowerCase(), locator])?.answer ?? null,
      getAuxData: async (locator, key) => {
        const answer = find(reads, ['aux', locator, key])?.answer;
        return typeof answer === 'string' ? answer : null;
      },
    },
    externalRater: {
      async rate(name, request) {
        const known = find(raters, question(name, request));
        if (known) return known.answer;
        throw new Problem(
          'rater-unavailable',
          `The receipt holds no answer of the rater ${name} to this question, and confirming asks nobody outside.`,
        );
      },
    },
  };
}
