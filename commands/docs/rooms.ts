import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, posix, sep } from "node:path";
import { groupBy, unique } from "../../packages/common/util";

/** A folder with one capability, or the one file that is none's. */
export interface Room {
  /** Path as seen from the project's folder. */
  readonly path: string;
  /** What is in it, for the map of the code. */
  readonly has: string;
}

/** The three floors of the project. A floor imports only from those above it in this list. */
const FLOORS = ["packages", "src", "commands"];

/** The rooms of the project. A room imports only from rooms above it in this list. */
export const ROOMS: readonly Room[] = [
  {
    path: "packages/common",
    has: "helpers, facts of Azure and its client; compiled into each package",
  },
  {
    path: "packages/private-link-preview",
    has: "what each network's DNS returns; a package of its own",
  },
  { path: "packages/azure-emulator", has: "the emulated Azure; a package of its own" },
  { path: "src/terraform", has: "the one door to CDKTF and the providers" },
  {
    path: "src",
    has: "the network: `stack.ts` is its diagram, `network`, `registry`, `dns` and `test-vms` each have settings, rules and constructs",
  },
  { path: "commands/engine", has: "runs Terraform or OpenTofu" },
  { path: "commands/cli", has: "what commands share: options, exit statuses, progress, help" },
  { path: "commands/synth", has: "`synth` and `hcl`" },
  { path: "commands/preview", has: "`preview` and `diagram`" },
  { path: "commands/deployer-role.ts", has: "the actions that a deployment needs" },
  {
    path: "commands/dns-records",
    has: "the records that others write",
  },
  { path: "commands/plan", has: "what a plan changes, interrupts and costs" },
  { path: "commands/deploy", has: "`deploy` and `destroy`: one plan, checked and applied" },
  {
    path: "commands/failover",
    has: "leads networks to another region, and back",
  },
  {
    path: "commands/verify",
    has: "`verify` and `push-hello`: scripts, and what their reports mean",
  },
  { path: "commands/adopt", has: "writes settings from what exists in Azure" },
  { path: "commands/rehearse", has: "deploys to the emulated Azure" },
  { path: "commands/docs", has: "the generated parts of the documents" },
  { path: "commands/main.ts", has: "runs a command by its name" },
];

/** A source file. */
export interface SourceFile {
  /** Path as seen from the project's folder, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** One room's use of another. */
export interface Import {
  readonly file: string;
  readonly from: Room;
  readonly to: Room;
}

/** The source files in the rooms of a project, without tests. */
export function sourceFiles(project: string): SourceFile[] {
  return FLOORS.flatMap((folder) =>
    readdirSync(join(project, folder), { recursive: true, encoding: "utf8" })
      .map((file) => [folder, ...file.split(sep)].join("/"))
      .filter((path) => path.endsWith(".ts") && !/\/(__tests__|node_modules)\//.test(path))
      .sort()
      .map((path) => ({ path, text: readFileSync(join(project, path), "utf8") })),
  );
}

/** The room that a path is in; undefined if it is in none. */
function roomOf(path: string): Room | undefined {
  return ROOMS.find(
    (room) => path === room.path || path === room.path.replace(/\.ts$/, "") || path.startsWith(`${room.path}/`),
  );
}

/** The imports of files that lead from one room into another. */
export function importsIn(files: readonly SourceFile[]): Import[] {
  return files.flatMap(({ path, text }) => {
    const from = roomOf(path);
    const targets = [...text.matchAll(/(?:from |import\(|require\(|: )"([^"\n]+)"/g)].map(([, target = ""]) =>
      target.startsWith(".") ? posix.join(dirname(path), target) : "",
    );
    return unique(targets.map(roomOf)).flatMap((to) => (from && to && to !== from ? [{ file: path, from, to }] : []));
  });
}

/** The imports against the order of the rooms, and the files in no room, each as a sentence. */
export function againstTheOrder(files: readonly SourceFile[]): string[] {
  return [
    ...files.filter(({ path }) => !roomOf(path)).map(({ path }) => `${path} is in no room.`),
    ...importsIn(files)
      .filter(({ from, to }) => ROOMS.indexOf(to) > ROOMS.indexOf(from))
      .map(({ file, from, to }) => `${file} imports from ${to.path}, which may import from ${from.path}.`),
  ];
}

/** The files that each file imports, types included. */
function importsOf(files: readonly SourceFile[]): Map<string, string[]> {
  const paths = new Set(files.map(({ path }) => path));
  return new Map(
    files.map(({ path, text }) => [
      path,
      [...text.matchAll(/(?:from |import\(|require\()"(\.[^"\n]*)"/g)].flatMap(([, target = ""]) => {
        const to = posix.join(dirname(path), target);
        return [`${to}.ts`, `${to}/index.ts`].filter((file) => paths.has(file));
      }),
    ]),
  );
}

/** What a file imports, directly or not. */
function reached(start: string, imports: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set(imports.get(start));
  // A set is walked to its end, with what is added on the way.
  for (const file of found) for (const next of imports.get(file) ?? []) found.add(next);
  return found;
}

/** The files in circles of imports. */
export function filesInCircles(files: readonly SourceFile[]): string[] {
  const imports = importsOf(files);
  return files.flatMap(({ path }) => (reached(path, imports).has(path) ? [path] : []));
}

/** A file and all files that it imports, directly or not. */
export function filesBehind(start: string, files: readonly SourceFile[]): Set<string> {
  return new Set([start, ...reached(start, importsOf(files))]);
}

/** The rooms and their imports as a Mermaid flowchart. An arrow that others imply is left out. */
export function roomsDiagram(files: readonly SourceFile[]): string {
  const used = new Map(
    [...groupBy(importsIn(files), ({ from }) => from)].map(([from, imports]) => [
      from,
      new Set(imports.map(({ to }) => to)),
    ]),
  );
  const reaches = (from: Room, to: Room): boolean =>
    [...(used.get(from) ?? [])].some((next) => next === to || reaches(next, to));
  // A floor that is a room as well has the subjects in it: no box of Mermaid has the id of what it is in.
  const id = ({ path }: Room) =>
    FLOORS.includes(path) ? `${path}_subjects` : path.replace(/\.ts$/, "").replaceAll(/[^a-z]+/g, "_");
  const arrows = ROOMS.flatMap((from) => {
    const direct = [...(used.get(from) ?? [])];
    return direct
      .filter((to) => !direct.some((other) => other !== to && reaches(other, to)))
      .sort((a, b) => ROOMS.indexOf(a) - ROOMS.indexOf(b))
      .map((to) => `  ${id(from)} --> ${id(to)}`);
  });
  const floors = [...FLOORS].reverse().flatMap((path) => [
    `  subgraph ${path}`,
    ...ROOMS.filter((room) => room.path === path || room.path.startsWith(`${path}/`))
      .reverse()
      .map((room) => `    ${id(room)}["${room.path.slice(path.length + 1) || "subjects"}"]`),
    "  end",
  ]);
  return ["flowchart TD", ...floors, ...arrows, ""].join("\n");
}
