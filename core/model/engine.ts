/** Name and version of the engines: kept with every worksheet and journal entry, so that an answer names what made it. */
export const ENGINE = 'fieldwriter 0.1.0';
