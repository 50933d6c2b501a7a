import type { Loader } from './load-job.js';

/** The method without the cache: always a promise, as the method that it stands for. */
export function callDirectly({ method, self, args }: Pick<Loader, 'method' | 'self' | 'args'>): Promise<unknown> {
  return new Promise((resolve) => {
    resolve(Reflect.apply(method, self, args));
  });
}
