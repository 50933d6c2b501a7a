/** The same text for patterns that are spelled alike: without case, with one separator, and with every word in the singular. */
export function alike(pattern: string): string {
  return pattern
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9{}]+|(?=\{)|(?<=\})/)
    .filter((word) => word !== '')
    .map((word) => (word.length > 3 ? word.replace(/s$/, '') : word))
    .join(':');
}
