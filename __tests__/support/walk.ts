import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Engine } from "../../commands/engine/engine";
import { PROJECT } from "./programs";

/** The commands of a page of docs, as they would be typed, block by block. */
export function blocksOf(page: string): string[] {
  const text = readFileSync(join(PROJECT, "docs", page), "utf8");
  return [...text.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, commands = ""]) => commands);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The blocks as one script. The emulated Azure, which has a terminal of its own, runs in the background. */
function scriptOf(page: string, port: number, engine: string): string {
  const blocks = blocksOf(page).map((block) => {
    const commands = block
      .replaceAll("--port 8443", `--port ${port}`)
      .replaceAll("localhost:8443", `localhost:${port}`)
      .replace(/^terraform /gm, `"${engine}" `)
      .replaceAll("$(terraform ", `$("${engine}" `)
      // The packages are the same, and need not be downloaded.
      .replace("(cd second-machine && npm ci)", 'ln -s "$PWD/node_modules" second-machine/node_modules');
    if (!block.startsWith("npm run --silent emulator")) return commands;
    const [, options = ""] = /emulator -- (.*) > azure\.env/.exec(commands) ?? [];
    return [
      'if [ -n "${EMULATOR:-}" ]; then kill "$EMULATOR"; wait "$EMULATOR" || true; fi',
      `node packages/azure-emulator/bin.js ${options} > azure.env & EMULATOR=$!`,
      "until grep -q ARM_USE_CLI azure.env; do sleep 0.1; done",
    ].join("\n");
  });
  const trap = "trap 'kill \"${EMULATOR:-}\" || true' EXIT";
  return ["set -euo pipefail", trap, ...blocks, "echo walked to the end"].join("\n");
}

const AUTHOR = ["-c", "user.name=walk", "-c", "user.email=walk@example.org"];

/** A copy of the project as it is, a repository of its own. */
export function copyOfProject(): string {
  const folder = mkdtempSync(join(tmpdir(), "walk-"));
  const list = ["ls-files", "--cached", "--others", "--exclude-standard"];
  const files = spawnSync("git", list, { cwd: PROJECT, encoding: "utf8" }).stdout.trim().split("\n");
  for (const file of files) cpSync(join(PROJECT, file), join(folder, file), { recursive: true });
  const git = (...args: string[]) => spawnSync("git", args, { cwd: folder });
  git("init", "--quiet");
  git("add", ".");
  git(...AUTHOR, "commit", "--quiet", "--message", "copy");
  symlinkSync(join(PROJECT, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/** Runs all commands of a page in a folder, with an engine. Its output ends with "walked to the end" if none has failed. */
export async function walk(page: string, folder: string, { command, env }: Engine) {
  const script = scriptOf(page, await freePort(), command);
  const { stdout, stderr } = spawnSync("bash", ["-c", script], {
    cwd: folder,
    encoding: "utf8",
    env: { ...env, TERRAFORM_BINARY_NAME: command, PATH: `${dirname(process.execPath)}:${env.PATH ?? ""}` },
    maxBuffer: 1e8,
  });
  return { stdout, stderr };
}
