import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../packages/common/util";
import { loadSettings, parseSettings } from "../../src/settings/load";
import { settingsSchema } from "../../src/schema";
import { written } from "../../src/network/written-settings";
import { stackInMemory } from "../../commands/synth/stack-in-memory";
import { mixedSettings } from "../support/arbitraries";
import fc, { property } from "../support/fast-check";

type Json = Record<string, unknown>;

/** Objects and lists in a value, each with its path. */
function containersIn(value: unknown, path: (string | number)[] = []): [path: (string | number)[], container: Json][] {
  if (typeof value !== "object" || value === null) return [];
  const entries = Object.entries(value as Json).map(
    ([key, member]) => [Array.isArray(value) ? Number(key) : key, member] as const,
  );
  return [[path, value as Json], ...entries.flatMap(([key, member]) => containersIn(member, [...path, key]))];
}

/** Settings to spoil, and which of their objects and keys. A copy: fast-check keeps what it has made. */
const spoiled = <More>(more: fc.Arbitrary<More>) =>
  fc.tuple(
    mixedSettings.map((settings) => JSON.stringify(settings)),
    fc.nat(),
    fc.nat(),
    more,
  );

const pick = <Item>(items: readonly Item[], number: number): Item => items[number % items.length]!;

const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, -1, 1.5, Infinity, 2 ** 53, "", " ", [], {}, [[]], [null]),
  fc.constantFrom(
    // What a terminal, a log or a file takes for something else, and what is too long.
    ...["\u001b[31mred", "\u202egnirts", "a\n::error::b", "\ud800", "é".repeat(40), "a".repeat(300)],
    // Templates of Terraform's, and names that mean something in JavaScript or in a path.
    ...["${azurerm_subnet.x.id}", "%{ if true }", "$${x}", "__proto__", "constructor", "..", "a/../b", "-a", "a."],
    // What is nearly right.
    ...["10.0.0.0/0", "10.1.0.0/33", "010.1.0.0/16", "10.1.0.1/16", "0.0.0.0", "168.63.129.16"],
    ...["/subscriptions/x", "AZURE", "swedencentral ", "Sweden Central"],
  ),
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.string({ maxLength: 100 }),
  fc.integer(),
  fc.double(),
  fc.jsonValue({ maxDepth: 3 }),
  fc.nat(3000).map((length) => Array<string>(length).fill("westeurope")),
  fc.nat(2000).map((levels) => [...Array<undefined>(levels).keys()].reduce<unknown>((inside) => [inside], 1)),
);

/** What reads the settings finds: the message for the user, or undefined if they are right. */
function messageOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message;
  }
}

/** What a terminal or a pipeline's log would not show as text. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

property(
  "settings with anything in place of a value are refused, each fault by its path, or are a network that Azure can take",
  20,
  fc.property(spoiled(hostile), ([json, object, key, value]) => {
    const settings: unknown = JSON.parse(json);
    const [, container] = pick(containersIn(settings), object);
    const keys = Object.keys(container);
    const spoiledKey = keys.length > 0 ? pick(keys, key) : "key";
    container[spoiledKey] = value;
    const message = messageOf(() => parseSettings(settings));
    if (message === undefined) {
      refuseWhatAzureRefuses(stackInMemory(parseSettings(settings)).toTerraform());
      return;
    }
    const lines = message.split("\n");
    expect(lines[0]).toMatch(/^\d+ errors? in the settings/);
    expect(lines.length).toBeLessThanOrEqual(102);
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(line).not.toMatch(UNPRINTABLE);
    for (const line of lines.slice(1))
      expect(line).toMatch(/^ {2}(privateRegistry\b.*: found .*, allowed: |and \d+ more$)/);
  }),
);

/** Names as Azure allows them for most of its resources, and texts that can be sent to it. */
function refuseWhatAzureRefuses(json: object): void {
  const { resource } = json as { resource: Record<string, Record<string, { name?: string }>> };
  for (const [type, resources] of Object.entries(resource))
    for (const { name } of Object.values(resources)) {
      if (name === undefined || type === "azurerm_role_assignment") continue;
      expect([type, name]).toEqual([type, expect.stringMatching(/^(@|[a-z0-9][\w.-]{0,78}\w)$/i)]);
    }
  expect(JSON.stringify(json)).not.toMatch(/\\ud[89a-f]/);
  // Terraform would evaluate these.
  const written = Object.values(resource).flatMap((resources) => Object.values(resources));
  expect(JSON.stringify(written)).not.toMatch(/%\{|azurerm_subnet\.x\.id/);
}

/** A key that no settings have, which is replaced in the text. */
const MARK = "\u0000";

property(
  "a key that stands twice is an error, with its line",
  20,
  fc.property(spoiled(fc.jsonValue()), ([json, object, key, value]) => {
    const settings: unknown = JSON.parse(json);
    const objects = containersIn(settings).filter(([, one]) => !Array.isArray(one) && Object.keys(one).length > 0);
    const [path, container] = pick(objects, object);
    const twice = pick(Object.keys(container), key);
    container[MARK] = value;
    const text = JSON.stringify({ context: { privateRegistry: settings } }, null, 2);
    const before = text.slice(0, text.indexOf(JSON.stringify(MARK)));
    const message = loadedFrom(text.replace(JSON.stringify(MARK), JSON.stringify(twice)));
    const at = [...path, twice].map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`)).join("");
    expect(message).toContain(
      `cdktf.json, line ${before.split("\n").length}, column ${before.split("\n").at(-1)!.length + 1}: found context.privateRegistry${at} a second time`,
    );
  }),
);

property(
  "a setting beside or above the key of the settings is an error, and so is a key that looks like that key",
  20,
  fc.property(
    fc.constantFrom(...Object.keys(settingsSchema.shape)),
    fc.boolean(),
    fc.nat({ max: 14 }),
    fc.constantFrom("", "x", "_", "R", "é"),
    (setting, above, position, letter) => {
      const context = { privateRegistry: {}, cdktfRelativeModules: ["x"], excludeStackIdFromLogicalIds: true };
      const stray = above ? { context, [setting]: "x" } : { context: { ...context, [setting]: "x" } };
      expect(loadedFrom(JSON.stringify(stray))).toContain(`found the setting ${setting} outside of privateRegistry`);
      const key = `privateRegistry`.slice(0, position) + letter + `privateRegistry`.slice(position + 1);
      if (key === "privateRegistry") return;
      expect(loadedFrom(JSON.stringify({ context: { [key]: {} } }))).toContain(`found the key ${JSON.stringify(key)}`);
    },
  ),
);

property(
  "a text that is not quite right is an error, or has the settings that it says",
  20,
  fc.property(
    mixedSettings,
    fc.nat(),
    // As much as a key may differ and still be taken for the key of the settings.
    fc.nat(3),
    fc.string({ unit: "binary", maxLength: 3 }),
    (settings, at, cut, insert) => {
      const text = JSON.stringify({ context: { privateRegistry: settings } });
      const start = at % text.length;
      const changed = text.slice(0, start) + insert + text.slice(start + cut);
      const message = loadedFrom(changed);
      if (message === undefined) {
        const { context } = JSON.parse(changed) as { context?: { privateRegistry?: object } };
        // Nothing of it is ignored: without its key, there is no text left that could have been meant.
        expect(context?.privateRegistry).toBeDefined();
        return;
      }
      for (const line of message.split("\n")) expect(line).not.toMatch(UNPRINTABLE);
      expect(message).not.toMatch(/^ +at /m);
    },
  ),
);

property(
  "settings printed with their defaults are the same settings",
  100,
  fc.property(mixedSettings, (given) => {
    const settings = parseSettings(given);
    expect(parseSettings(JSON.parse(JSON.stringify(written(settings))))).toEqual(settings);
  }),
);

const directory = mkdtempSync(join(tmpdir(), "settings-fuzz-"));

function loadedFrom(text: string): string | undefined {
  writeFileSync(join(directory, "cdktf.json"), text);
  return messageOf(() => loadSettings({ directory, env: {} }));
}
