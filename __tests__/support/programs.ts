import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { statusOf } from "../../commands/cli/run";
import { runCommand } from "../../commands/main";

/** The project's folder. */
export const PROJECT = join(__dirname, "..", "..");

/** What a program printed and how it ended. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one of the project's programs in a folder as a process of its own, as npm would. */
export function spawnIn(directory: string, args: readonly string[], env = {}, input?: string): Ended {
  // Windows does not start a process without SYSTEMROOT.
  const { PATH, SYSTEMROOT } = process.env;
  const [program, ...rest] = args;
  const all = ["--require", join(PROJECT, "typescript.cjs"), join(PROJECT, program!), ...rest];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, {
    cwd: directory,
    env: { PATH, ...(SYSTEMROOT && { SYSTEMROOT }), NO_COLOR: "1", ...env },
    encoding: "utf8",
    ...(input !== undefined && { input }),
  });
  return { status, stdout, stderr };
}

/** Runs a command in a folder, in this process: a tenth of the time that one of its own takes. */
export async function runIn(
  directory: string,
  name?: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Ended> {
  const written = { stdout: "", stderr: "" };
  const to = (stream: keyof typeof written) => (text: unknown) => {
    written[stream] += String(text);
    return true;
  };
  const spies = [
    jest.spyOn(process.stdout, "write").mockImplementation(to("stdout")),
    jest.spyOn(process.stderr, "write").mockImplementation(to("stderr")),
  ];
  const [before, variables] = [process.cwd(), { ...process.env }];
  const { isTTY } = process.stdin;
  process.chdir(directory);
  // Nobody is asked, on a terminal neither.
  process.stdin.isTTY = false;
  Object.assign(process.env, env);
  try {
    return { status: await statusOf(() => runCommand(name, args), args), ...written };
  } finally {
    process.chdir(before);
    process.stdin.isTTY = isTTY;
    for (const variable of Object.keys(env)) {
      if (variables[variable] === undefined) Reflect.deleteProperty(process.env, variable);
      else process.env[variable] = variables[variable];
    }
    for (const spy of spies) spy.mockRestore();
  }
}

/** What is written to standard error, which grows until mocks are restored. */
export function heardOnStderr(): { text: string } {
  const heard = { text: "" };
  jest.spyOn(process.stderr, "write").mockImplementation((text) => {
    heard.text += String(text);
    return true;
  });
  return heard;
}

/** A folder with a `cdktf.json` that holds these settings, or none. */
export function folder(settings?: object): string {
  const directory = mkdtempSync(join(tmpdir(), "commands-"));
  writeFileSync(join(directory, "cdktf.json"), JSON.stringify({ context: settings && { privateRegistry: settings } }));
  return directory;
}
