import { Liquid } from 'liquidjs';
import { compileCalculation, interpretCalculation } from '#core/liquid/calculation.ts';
import type { CalculationInput } from '#core/liquid/contract.ts';
import { instantiate } from '#core/liquid/runtime.ts';
import { indexTable } from '#core/model/table-index.ts';
import { loadConfiguration } from '#core/product/load.ts';
import { programOf } from '#core/product/program.ts';
import type { Bench } from './bench.ts';
import { contest, figure } from './measure.ts';

/** (a) The premium files of the personal auto example: compiled with exact decimals, against liquidjs with floats. */
export const liquid: Bench = {
  name: '(a) the seven premium files of examples/personal-auto',
  async run() {
    const configuration = await loadConfiguration({ folder: 'examples/personal-auto' });
    const program = programOf(configuration);
    const files = Object.entries(program.calculations).filter(([file]) => file.includes('/perils/'));
    const indexes = new Map(
      Object.values(program.tables).map((source) => [source.name, indexTable(source, program.timeZone)] as const),
    );
    const data = {
      operation: 'new_business',
      policy_characteristics: {
        field_values: { channel: 'Agent', atfault_claims_past_5_years: 'None', license_suspended_past_3_years: 'No' },
      },
      exposure_characteristics: { field_values: { vehicle_value: 10000, vehicle_type: 'Car' } },
      peril_characteristics: { field_values: {} },
    };
    const input: CalculationInput = {
      scope: { data },
      tables: (name) => indexes.get(name),
      clock: 0,
      timeZone: program.timeZone,
      currency: program.currency,
      worksheet: false,
    };
    const compiled = files.map(([file, text]) => instantiate(compileCalculation(text, file).code));

    const engine = new Liquid();
    let effects = 0;
    const act = (value: unknown): string => {
      effects += 1;
      return typeof value === 'symbol' ? '?' : '';
    };
    for (const name of ['set_year_premium', 'set_year_technical_premium', 'add_year_commission'])
      engine.registerFilter(name, act);
    engine.registerFilter('lookup', (table: string, key: string) => indexes.get(table)?.lookup([key]).value);
    const parsed = files.map(([, text]) => engine.parse(text));

    const premium = (outcome: ReturnType<(typeof compiled)[number]['run']>): string =>
      outcome.ok
        ? String(outcome.effects.findLast(({ filter }) => filter === 'set_year_premium')?.value)
        : outcome.message;
    const byCompiled = compiled.map((calculation) => premium(calculation.run(input)));
    const byInterpreter = files.map(([file, text]) => premium(interpretCalculation(text, file, input)));
    if (byCompiled.join() !== byInterpreter.join())
      throw new Error(`The evaluators disagree: ${byCompiled.join()} against ${byInterpreter.join()}`);

    const [ours, theirs] = await contest([
      {
        name: 'compiled',
        work: (count) => {
          for (let done = 0; done < count; done += 1) for (const calculation of compiled) calculation.run(input);
        },
      },
      {
        name: 'liquidjs',
        work: (count) => {
          for (let done = 0; done < count; done += 1)
            for (const template of parsed) engine.renderSync(template, { data });
        },
      },
    ]);
    if (effects === 0) throw new Error('liquidjs called no filter');
    const ratio = (ours?.perSecond ?? 0) / (theirs?.perSecond ?? 1);
    return [
      { what: 'compiled, in times of liquidjs', value: ratio.toFixed(1), aim: 'at least 10 (aim 30)', ok: ratio >= 10 },
      { what: 'risks a second, compiled', value: figure(ours?.perSecond ?? 0) },
      { what: 'risks a second, liquidjs', value: figure(theirs?.perSecond ?? 0) },
    ];
  },
};
