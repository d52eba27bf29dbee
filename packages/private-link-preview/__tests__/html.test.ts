import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { markIgnored } from "../lib/findings/ignore";
import { previewHtml } from "../lib/html";
import type { PageData } from "../lib/html/data";
import { manyNetworks, manyServices } from "./many-networks";
import { stateOf, synthesized } from "./forms";
import { sharedZone } from "./networks";
import { resolve } from "./outcome";
import { link } from "./zones";

/** The data in a page. */
function dataIn(html: string): PageData {
  const [, json = ""] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html) ?? [];
  return JSON.parse(json) as PageData;
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

describe("the HTML report", () => {
  const html = previewHtml(resolve(sharedZone(), stateOf), "<state>.json");

  test("allows its own style and script by their hashes, and nothing else", () => {
    const [, policy = ""] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
    const [, style = ""] = /<style>(.*?)<\/style>/s.exec(html) ?? [];
    const scripts = [...html.matchAll(/<script>(.*?)<\/script>/gs)].map(([, script]) => script!);

    expect(scripts).toHaveLength(1);
    expect(policy.split("; ")).toEqual([
      "default-src 'none'",
      `style-src ${hashOf(style)}`,
      `script-src ${hashOf(scripts[0]!)}`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  test("refers to nothing outside of the file", () => {
    const names = [...html.matchAll(/[a-z]+:\/\/[^"'\s]+/g)].map(([address]) => address);
    // The name of SVG elements, which nothing is loaded from.
    expect([...new Set(names)]).toEqual(["http://www.w3.org/2000/svg"]);
    expect(html).not.toMatch(/<(link|img|iframe|object)\b|\ssrc=|@import|url\(/);
  });

  test("says where it comes from, and never as markup", () => {
    expect(html).not.toContain("<state>");
    expect(dataIn(html)).toMatchObject({ source: "<state>.json" });
  });

  test("counts what is in it, and says what is wrong first", () => {
    const { headline, state, counts } = dataIn(html);
    expect({ headline, state }).toEqual({ headline: "6 of 9 answers are not reachable", state: 1 });
    expect(counts).toEqual(["3 networks, 9 answers: 3 reachable, 6 not", "3 errors, 0 warnings"]);
  });

  test("leads from each finding to a way that is broken", () => {
    const { findings, ways, steps } = dataIn(html);
    const broken = findings.map(({ way = [-1, -1] }) => {
      const [network, name] = way;
      const found = ways[network]?.find(([one]) => one === name)?.[4] ?? [];
      return found.some((step) => steps[step]?.[1] === 1);
    });
    expect(broken).toEqual([true, true, true]);
  });

  test("shows ignored findings with the reason", () => {
    const preview = resolve(sharedZone());
    const findings = markIgnored(preview.findings, { ignore: ["mixed-record"] }, preview.model).findings.map(
      (finding) => (finding.ignored ? { ...finding, reason: "A VPN connects the spokes." } : finding),
    );
    const data = dataIn(previewHtml({ ...preview, findings }));

    expect(data.findings.filter(({ ignored }) => ignored)).toEqual([
      expect.objectContaining({ code: "mixed-record", reason: "A VPN connects the spokes." }),
    ]);
    expect(data.counts[1]).toMatch(/, 1 ignored$/);
    expect(data.help["mixed-record"]?.fix).toMatch(/\w/);
  });
});

test("the HTML report has few characters for each answer, and each text once", () => {
  const sizes = [20, 40].map((count) => {
    const links = Array.from({ length: count }, (_, index) => link(`spoke${index + 1}`, "blob-hub"));
    const html = previewHtml(resolve([...manyNetworks(count), ...manyServices("hub", count), ...links]));
    return { answers: dataIn(html).ways.flat().length, length: JSON.stringify(dataIn(html)).length };
  }) as [{ answers: number; length: number }, { answers: number; length: number }];
  const [small, large] = sizes;
  expect(large.answers).toBeGreaterThan(40 * 40);
  // A page of 20,000 answers has less than two megabytes, and the picture.
  expect((large.length - small.length) / (large.answers - small.answers)).toBeLessThan(100);
});

describe("the colours of the page", () => {
  const css = readFileSync(join(__dirname, "..", "lib", "html", "page", "report.css"), "utf8");
  const [light, dark] = [...css.matchAll(/:root \{([^}]*)\}/g)].map(
    ([, block = ""]) =>
      new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map(([, name, value]) => [name!, value!])),
  );

  /** Contrast of two colours, as WCAG 2.2 defines it. */
  function contrast(one: string, other: string): number {
    const luminance = (colour: string) => {
      const [red = 0, green = 0, blue = 0] = [1, 3, 5]
        .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  }

  /** Text colours, each with the grounds that it is on. */
  const TEXTS: Record<string, string[]> = {
    text: ["page", "panel", "raised", "right-soft", "broken-soft", "unknown-soft"],
    quiet: ["page", "panel", "raised"],
    accent: ["page", "panel"],
    right: ["panel", "right-soft"],
    broken: ["panel", "raised", "broken-soft"],
    unknown: ["panel", "unknown-soft"],
    // Symbols and tags.
    panel: ["right", "broken", "unknown", "accent"],
  };

  test.each([
    ["light", light!],
    ["dark", dark!],
  ])("are readable in the %s scheme", (_, colours) => {
    const of = (name: string) => colours.get(name) ?? `no ${name}`;
    const poor = Object.entries(TEXTS).flatMap(([text, grounds]) =>
      grounds.filter((ground) => !(contrast(of(text), of(ground)) >= 4.5)).map((ground) => `${text} on ${ground}`),
    );
    // Lines and borders of fields.
    const faint = ["panel", "raised"].filter((ground) => !(contrast(of("edge"), of(ground)) >= 3));
    expect({ poor, faint }).toEqual({ poor: [], faint: [] });
    expect(colours.size).toBe(14);
  });
});

test("a page of no network at all is a page", () => {
  const data = dataIn(previewHtml(resolve([], synthesized)));
  expect(data.headline).toBe("No network asks for the name of a private endpoint");
  expect(data.networks).toEqual([]);
});
