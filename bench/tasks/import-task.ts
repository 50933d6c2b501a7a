import type { MakeTask, Task, TaskOptions } from './task.js';
import type { TaskName } from './task-name.js';

export async function importTask(name: TaskName, options: TaskOptions): Promise<Task> {
  const { makeTask } = (await import(`./${name}.js`)) as { readonly makeTask: MakeTask };
  return makeTask(options);
}
