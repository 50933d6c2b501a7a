import { Cached, configureCache, InvalidatesCache, key, MemoryStore } from 'freshkeep';

const cache = configureCache({ store: new MemoryStore() });

// The best way: a function that readers and writers import, so that they cannot spell the key differently.
const documentKey = (folder: string, name: string) => key`document:${folder}:${name}`;

interface Order {
  readonly id: number;
  readonly customer: { readonly id: string };
}

class Documents {
  // Its parameters are the first ones of the method; the compiler checks it.
  @Cached({ key: documentKey, ttl: '5m' })
  async read(folder: string, name: string): Promise<string> {
    console.log(`  load ${name} in ${folder}`);
    return `text of ${name} in ${folder}`;
  }

  // The short way: a template string, with positions in the argument list and paths into them. Checked as well.
  @Cached('invoice:{0.customer.id}:{0.id}', '5m')
  async invoiceOf(order: Order): Promise<string> {
    console.log(`  load the invoice of ${order.customer.id}'s order ${order.id}`);
    return `invoice ${order.id}`;
  }

  // @ts-expect-error -- does not compile: the key begins with a string, the method with a number
  @InvalidatesCache(documentKey)
  async remove(id: number, name: string): Promise<void> {
    console.log(`remove ${id} ${name}`);
  }
}

const documents = new Documents();

console.log('A key is made of the arguments.');
console.log(documentKey('letters', 'to-ada').text);

// By hand, `${folder}:${name}` would be 'a:b:c' for both.
console.log('\nParts are escaped, so different arguments never make the same key.');
console.log(`${documentKey('a:b', 'c').text}  and  ${documentKey('a', 'b:c').text}`);
console.log(await documents.read('a:b', 'c'));
console.log(await documents.read('a', 'b:c'));

console.log('\nNor does a string imitate another type.');
const anyKey = (part: string | boolean | null | undefined | { readonly a: number }) => key`any:${part}`;
console.log([null, 'null', true, '~true', undefined, { a: 1 }].map((part) => anyKey(part).text).join('  '));

console.log('\nObjects are one part by a path, or by all that they hold; the order of their names does not matter.');
const range = (part: { readonly from: number; readonly to: number }) => key`range:${part}`;
console.log(`${range({ from: 1, to: 9 }).text}  and  ${range({ to: 9, from: 1 }).text}`);
console.log(await documents.invoiceOf({ id: 1, customer: { id: 'ada' } }));
console.log(await documents.invoiceOf({ id: 1, customer: { id: 'ada' } }));

await cache.close();
