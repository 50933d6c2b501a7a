/** The colours of the style sheet, by the names of its variables. */
export type Color = 'muted' | 'grid' | 'hits' | 'loads' | 'calls' | 'old' | 'mark';

/** As it is now: light or dark. */
export function colorOf(color: Color): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--chart-${color}`).trim();
}

/** Canvases have to be drawn again when it changes. */
export function onSchemeChange(listener: () => void): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', listener);
}
