const { byDays, prorate } = require('./lib/prorate.js');

/** Pro rata: what is not used goes back. */
exports.getProrationResult = (data) => prorate(data, byDays, () => 0);
