import { markdownTable } from "../../packages/common/text";

/** The part of `package-lock.json` that contains the licences. */
export interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  readonly version?: string;
  /** SPDX expression, as the package declares it. */
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** Markdown tables: the licence of each direct dependency, and the number of indirect dependencies by licence. */
export function licences({ packages }: Lock): string {
  const { "": project = {}, ...installed } = packages;
  const directly = (names: Readonly<Record<string, string>> = {}, use: string) =>
    Object.keys(names).map((name) => {
      const { version = "", license = UNKNOWN } = installed[`node_modules/${name}`] ?? {};
      return [`\`${name}\``, version, license, use];
    });
  const direct = [...directly(project.dependencies, "the app"), ...directly(project.devDependencies, "development")];
  const paths = Object.keys({ ...project.dependencies, ...project.devDependencies }).map(
    (name) => `node_modules/${name}`,
  );
  const counts = new Map<string, number>();
  for (const [path, { license = UNKNOWN }] of Object.entries(installed)) {
    if (!paths.includes(path)) counts.set(license, (counts.get(license) ?? 0) + 1);
  }
  const others = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return [
    markdownTable(["Package", "Version", "Licence", "Used for"], direct),
    "Indirect dependencies, including packages for other platforms, by licence:",
    markdownTable(
      ["Licence", "Packages"],
      others.map(([licence, count]) => [licence, String(count)]),
    ),
  ].join("\n\n");
}

const UNKNOWN = "not declared";
