const { byDays, prorate } = require('./lib/prorate.js');

/** The 90 % method: the insurer holds back a tenth of what would go back pro rata. */
exports.getProrationResult = (data) => prorate(data, byDays, (item, kept) => (Number(item.amount) - kept) * 0.1);
