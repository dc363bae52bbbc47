const { byDays, prorate } = require('./lib/prorate.js');
const { days } = require('./lib/time.js');

/** The table says what percentage the insurer keeps by days in force; what goes beyond pro rata is held back. */
exports.getProrationResult = (data) =>
  prorate(data, byDays, (item, kept, split) => {
    const used = days(item.segmentStartTimestamp, split);
    const percent = socotraApi.tableLookup(0, 'short_rate', String(used));
    if (!percent) throw `short_rate.csv is an extract that has no row for ${used} days`;
    return (Number(item.amount) * Number(percent)) / 100 - kept;
  });
