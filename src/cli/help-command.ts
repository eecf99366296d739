import { Command } from 'commander';

/** Commander's own shows only the next level, and does not say that a command is not known. */
export const helpCommandOf = (parent: Command): Command =>
  new Command('help')
    .summary('display help for command')
    .argument('[command...]')
    .action((names: readonly string[]) => {
      let command = parent;
      for (const name of names) {
        const found = command.commands.find((each) => each.name() === name);
        if (found === undefined) return command.error(`error: unknown command '${name}'`);
        command = found;
      }
      return command.help();
    });
