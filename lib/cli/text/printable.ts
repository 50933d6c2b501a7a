/** Text of others, such as the name of a tag, on one line and without what would move the cursor of a terminal. */
export function printable(text: string): string {
  // Control characters, and marks that turn the direction of what comes after them.
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
