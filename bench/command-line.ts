import { parseArgs, type ParseArgsConfig } from 'node:util';

/** `parseArgs`, for people: what is no option ends the program with one line that says which there are. */
export function readCommandLine<const C extends ParseArgsConfig>(config: C): ReturnType<typeof parseArgs<C>> {
  try {
    return parseArgs<C>(config);
  } catch (error) {
    const known = Object.keys(config.options ?? {}).map((name) => `--${name}`);
    process.stderr.write(`${(error as Error).message.split('. ')[0] ?? ''}; there are ${known.join(', ')}.\n`);
    process.exit(2);
  }
}
