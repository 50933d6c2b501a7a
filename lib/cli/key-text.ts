import { MAX_KEY_BYTES } from '../keys/cache-key.js';
import { wrongUsage } from './failure.js';

/**
 * The text of a key, as `CacheKey.text` has it and no other text could be.
 * @throws Failure
 */
export function checkKeyText(text: string): string {
  const shown = JSON.stringify(text);
  if (text === '') throw wrongUsage('a key is never empty');
  if (text.includes('{}'))
    throw wrongUsage(`${shown} is a pattern, which names no entry`, 'give the text of a key, such as user:7');
  if (/[{}\u0000-\u001f\u007f]/.test(text))
    throw wrongUsage(
      `${shown} is the text of no key: it has braces or control characters`,
      'as an argument these are percent-encoded; a key shows it as `key.text`',
    );
  if (Buffer.byteLength(text) > MAX_KEY_BYTES)
    throw wrongUsage(`a key takes at most ${MAX_KEY_BYTES} bytes`, 'longer ones end in a hash; `key.text` shows it');
  return text;
}
