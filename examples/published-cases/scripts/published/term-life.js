/** Monthly premium: sum assured × rate, to the cent. */
const { PRODUCT, ROUND } = require('spreadsheet');
const { eachRisk } = require('./risks.js');

exports.getPerilRates = (data) =>
  eachRisk(data, (life) => {
    const rate = socotraApi.tableLookup(0, 'term_life_rates', [life.entry_age, life.term]);
    if (!rate) throw `No rate for ${life.entry_age} years at entry and a term of ${life.term}: the table is an extract.`;
    return ROUND(PRODUCT(life.sum_assured, rate), 2);
  });
