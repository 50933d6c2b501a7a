/** The browser to start: `CHROMIUM`, or the first on PATH that is called like one. */
export function findChromium(): string | undefined;

export function howToGetChromium(who: string, command: string): string;
