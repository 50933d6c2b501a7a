import { CountingSource } from '../counting-source.js';
import { openService } from '../open-service.js';
import { drawIds } from '../random.js';
import { importTask } from '../tasks/import-task.js';
import { Caller, type Call } from './caller.js';
import { handicapped } from './handicap.js';
import type { WorkOptions } from './order.js';

/** A task, and all that it takes to do it in this process. */
export interface Work {
  readonly source: CountingSource;
  readonly caller: Caller;
  readonly call: Call;
  readonly prepare: (calls: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function openWork(options: WorkOptions): Promise<Work> {
  const { task: name, value, keys, popularity } = options;
  const source = new CountingSource(value);
  const service = await openService(options.service, source.load);
  const task = await importTask(name, { service, source, keys });
  return {
    source,
    caller: new Caller(drawIds(keys, popularity)),
    call: options.handicapped ? handicapped(task.call) : task.call,
    prepare: (calls) => task.prepare(calls),
    close: () => service.close(),
  };
}
