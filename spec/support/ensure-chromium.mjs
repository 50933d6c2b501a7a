import { findChromium, howToGetChromium } from './chromium-binary.mjs';
import { installDebianPackage } from './debian-package.mjs';

const HOW_TO_GET_IT = howToGetChromium('The specs of the dashboard need', 'npm test');

/** Makes sure that there is a browser; installs it where that needs no question. Throws how to get it elsewhere. */
export function ensureChromium() {
  if (findChromium() !== undefined) return;
  installDebianPackage('chromium', HOW_TO_GET_IT);
  if (findChromium() === undefined) throw new Error(HOW_TO_GET_IT);
}
