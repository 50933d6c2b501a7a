import { existsSync } from 'node:fs';

import { findOnPath } from './redis-binary.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Where macOS keeps programs that are on no PATH. */
const ELSEWHERE = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** @returns {string | undefined} The browser to start: `CHROMIUM`, or the first on PATH that is called like one. */
export function findChromium() {
  return process.env.CHROMIUM || findOnPath(NAMES) || ELSEWHERE.find((path) => existsSync(path));
}

/** @param {string} who needs a browser @param {string} command that needs it */
export function howToGetChromium(who, command) {
  return `${who} a real Chromium (or Chrome), and found none on PATH. Install one:
  macOS          brew install --cask chromium
  Debian         sudo apt-get install chromium
  Fedora/RHEL    sudo dnf install chromium
or name one: CHROMIUM=/path/to/chromium ${command}`;
}
