import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Engine } from "../../src/engine/engine";
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
  return ["set -euo pipefail", "trap 'kill \"${EMULATOR:-}\" || true' EXIT", ...blocks, "echo walked to the end"].join(
    "\n",
  );
}

const AUTHOR = ["-c", "user.name=walk", "-c", "user.email=walk@example.org"];

/** A copy of the project as it is, a repository of its own. */
export function copyOfProject(): string {
  const folder = mkdtempSync(join(tmpdir(), "walk-"));
  const files = spawnSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: PROJECT,
    encoding: "utf8",
  });
  for (const file of files.stdout.trim().split("\n"))
    cpSync(join(PROJECT, file), join(folder, file), { recursive: true });
  for (const args of [
    ["init", "--quiet"],
    ["add", "."],
    [...AUTHOR, "commit", "--quiet", "--message", "copy"],
  ])
    spawnSync("git", args, { cwd: folder });
  symlinkSync(join(PROJECT, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/** What a walk has printed. */
export interface Walked {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs all commands of a page in a folder, with an engine. Its output ends with "walked to the end" if none has failed. */
export async function walk(page: string, folder: string, { command, env }: Engine): Promise<Walked> {
  const script = scriptOf(page, await freePort(), command);
  const { stdout, stderr } = spawnSync("bash", ["-c", script], {
    cwd: folder,
    encoding: "utf8",
    env: { ...env, TERRAFORM_BINARY_NAME: command, PATH: `${dirname(process.execPath)}:${env.PATH ?? ""}` },
    maxBuffer: 1e8,
  });
  return { stdout, stderr };
}
