import { Decimal } from '#core/model/decimal.ts';
import type { PricingInput } from '#core/pricing/contract.ts';
import { amountsOf } from '../amounts.ts';
import type { CurrencySums, RatedLines, RiskError } from '../contract.ts';
import { added, ratedLine } from '../rated-line.ts';
import { unitsText } from '../units.ts';
import type { Place, Priced } from './pricer.ts';

/** Writes the lines of a batch and adds them up. */
export class LineWriter {
  readonly #decimals: number;
  readonly #currency: string;
  readonly #others: CurrencySums[] = [];
  readonly #heads = new Map<string, Map<string, string>>();
  readonly #untaxed: string;
  #lines = '';
  #count = 0;
  #rated = 0;
  #failed = 0;
  #units = { risks: 0, premium: 0, taxes: 0, fees: 0 };

  constructor(decimals: number, currency: string) {
    this.#decimals = decimals;
    this.#currency = currency;
    this.#untaxed = `","taxes":"${unitsText(0, decimals)}"}`;
  }

  /** @returns true, for the caller to know that the risk is done */
  risk(line: number, key: string, places: readonly Place[], priced: Priced, input: () => PricingInput): true {
    if (!priced.units) {
      this.#rated += 1;
      const amounts = amountsOf(input(), priced.price);
      this.#others.push({ ...amounts, risks: 1 });
      return this.#add(ratedLine({ ok: true, line, key, ...amounts }, this.#currency));
    }
    return this.units(line, key, places, priced);
  }

  /** As `risk`, of one whose amounts are whole units. */
  units(line: number, key: string, places: readonly Place[], priced: Extract<Priced, { units: true }>): true {
    this.#rated += 1;
    let premium = 0;
    let taxes = 0;
    let perils = '';
    for (let i = 0; i < places.length; i += 1) {
      const [own = 0, levied = 0] = [priced.premiums[i], priced.taxes[i]];
      premium += own;
      taxes += levied;
      if (i > 0) perils += ',';
      perils += this.#head(places[i] as Place);
      perils += this.#text(own);
      perils += levied === 0 ? this.#untaxed : `","taxes":"${this.#text(levied)}"}`;
    }
    const { fees } = priced;
    this.#units.risks += 1;
    this.#units.premium += premium;
    this.#units.taxes += taxes;
    this.#units.fees += fees;
    const total = this.#text(premium + taxes + fees);
    return this.#add(
      `{"line":${line},"key":${JSON.stringify(key)},"premium":"${this.#text(premium)}","taxes":"${this.#text(taxes)}","fees":"${this.#text(fees)}","total":"${total}","perils":[${perils}]}`,
    );
  }

  failure(line: number, key: string, error: RiskError): true {
    this.#rated += 1;
    this.#failed += 1;
    return this.#add(ratedLine({ ok: false, line, key, error }, this.#currency));
  }

  /** A line that is rated elsewhere. */
  elsewhere(): void {
    this.#add('');
  }

  get text(): string | undefined {
    return this.#count === 0 ? undefined : this.#lines;
  }

  sums(): Omit<RatedLines, 'text'> {
    const { risks, premium, taxes, fees } = this.#units;
    const text = (units: number): string => new Decimal(units).div(new Decimal(10).pow(this.#decimals)).toString();
    const own: CurrencySums[] =
      risks === 0
        ? []
        : [{ currency: this.#currency, risks, premium: text(premium), taxes: text(taxes), fees: text(fees) }];
    return { rated: this.#rated, failed: this.#failed, sums: added([...own, ...this.#others]) };
  }

  /** Names of exposures and perils are few. */
  #head({ exposure, peril }: Place): string {
    let heads = this.#heads.get(exposure);
    if (!heads) {
      heads = new Map();
      this.#heads.set(exposure, heads);
    }
    const known = heads.get(peril);
    if (known !== undefined) return known;
    const head = `{"exposure":${JSON.stringify(exposure)},"peril":${JSON.stringify(peril)},"premium":"`;
    heads.set(peril, head);
    return head;
  }

  #text(units: number): string {
    return unitsText(units, this.#decimals);
  }
  #add(line: string): true {
    this.#lines += this.#count === 0 ? line : `\n${line}`;
    this.#count += 1;
    return true;
  }
}
