/** How many times as many programs are played as by `npm test` itself: `FRESHKEEP_SPEC_TIMES=100 npm test -- --grep program`. */
export const TIMES = Number(process.env['FRESHKEEP_SPEC_TIMES'] ?? 1);
