import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const BINDINGS = join(__dirname, "..", "src", "terraform", "index.ts");

type Json = Record<string, unknown>;

interface TerraformJson {
  readonly resource: Record<string, Record<string, Json>>;
  readonly data: Record<string, Record<string, Json>>;
  readonly provider: Record<string, Json[]>;
}

const CORE = [
  "App",
  "AzurermProvider",
  "TerraformDataSource",
  "TerraformProvider",
  "TerraformResource",
  "TerraformStack",
];

/**
 * Writes the minimal app that the bench compares with: a plain JavaScript app that creates the resources of a stack with
 * the same deep imports, without the code of this project. No cdktf app that creates them can be much faster.
 *
 * @returns the path of the app
 */
export function writeFloor(stack: TerraformJson, directory: string): string {
  const { resource, data, provider } = JSON.parse(
    JSON.stringify(stack, (key, value: unknown) => (key === "//" ? undefined : value)),
  ) as TerraformJson;
  const used = new Set(CORE);
  const lines: string[] = [];
  for (const [type, named] of Object.entries(resource)) {
    for (const [name, attributes] of Object.entries(named)) {
      const className = pascal(type.replace("azurerm_", ""));
      // Resources of other providers, and peerings, which the stack writes without a class too.
      if (!CLASSES.has(className)) {
        lines.push(`new Raw(stack, ${q(`${type}.${name}`)}, ${q(type)}, ${q(name)}, ${JSON.stringify(attributes)});`);
        continue;
      }
      used.add(className);
      lines.push(
        `new ${className}(stack, ${q(`${type}.${name}`)}, ${JSON.stringify(camelKeys(attributes))}).overrideLogicalId(${q(name)});`,
      );
    }
  }
  for (const [type, named] of Object.entries(data)) {
    for (const [name, attributes] of Object.entries(named)) {
      lines.push(
        `new RawData(stack, ${q(`data.${type}.${name}`)}, ${q(type)}, ${q(name)}, ${JSON.stringify(attributes)});`,
      );
    }
  }
  const path = join(directory, "floor.js");
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    path,
    `${imports(used)}
const raw = (Base) => class extends Base {
  constructor(scope, id, type, name, { depends_on: dependsOn, ...attributes }) {
    super(scope, id, { terraformResourceType: type, terraformGeneratorMetadata: { providerName: type.split("_")[0] } });
    this.attributes = attributes;
    this.dependsOn = dependsOn;
    if (name) this.overrideLogicalId(name);
  }
  synthesizeAttributes() { return this.attributes; }
};
const Raw = raw(TerraformResource), RawData = raw(TerraformDataSource), RawProvider = raw(TerraformProvider);
const app = new App({ stackTraces: false });
const stack = new TerraformStack(app, "private-registry");
new AzurermProvider(stack, "azurerm", ${JSON.stringify(camelKeys(provider.azurerm![0]!))});
for (const type of ["azapi", "tls"]) new RawProvider(stack, type, type, "", {});
${lines.join("\n")}
app.synth();
`,
  );
  return path;
}

/** Classes of cdktf and of the provider's bindings, with the modules that they come from in src/terraform/index.ts. */
const CLASSES = new Map(
  [...readFileSync(BINDINGS, "utf8").matchAll(/export \{([^}]+)\} from "([^"]+)"/g)].flatMap(([, list, from]) =>
    list!.split(",").map((name): [string, string] => [name.trim(), from!]),
  ),
);

/** The imports of the classes with these names. */
function imports(names: ReadonlySet<string>): string {
  return [...CLASSES]
    .filter(([name]) => names.has(name))
    .map(([name, from]) => `const { ${name} } = require(${q(from)});`)
    .join("\n");
}

const q = (text: string) => JSON.stringify(text);

function camel(key: string): string {
  return key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function pascal(key: string): string {
  return camel(`_${key}`);
}

/** The attributes with the names that the configuration of a binding has. */
function camelKeys(value: unknown, key = ""): unknown {
  if (key === "tags") return value;
  if (key === "depends_on") return (value as string[]).map((fqn) => ({ fqn }));
  if (Array.isArray(value)) return value.map((element) => camelKeys(element));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([name, member]) => [camel(name), camelKeys(member, name)]),
  );
}
