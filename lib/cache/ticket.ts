import { randomBytes } from 'node:crypto';

/** Made when first needed: not what a snapshot of a process, started twice, would have in common. */
let nameOfProcess: string | undefined;
let count = 0;

/** A ticket that no other fill has, here or in any process: a random name of 128 bits, and a count. */
export function newTicket(): string {
  nameOfProcess ??= randomBytes(16).toString('base64url');
  count += 1;
  return `${nameOfProcess}.${count}`;
}
