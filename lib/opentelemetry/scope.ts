/** The name of the instrumentation, by which its spans and metrics can be told from others. */
export const SCOPE = 'freshkeep';
