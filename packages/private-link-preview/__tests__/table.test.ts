import { createColors } from "picocolors";
import { Table, WIDTH, terminalWidth } from "../../common/text/table";

const plain = createColors(false);
const NAME = "privatelink-zone-of-the-registry-in-sweden";

function drawn(total: number, ...rows: string[][]): string[] {
  const table = new Table(["Network", "Zone", "Answer"], plain, total);
  for (const row of rows) table.add(row);
  return table.toString().split("\n");
}

describe("a table", () => {
  test("is as wide as its content where that fits", () => {
    const [rule] = drawn(WIDTH, ["vnet-a", "zone", "an answer"]);
    expect(rule).toBe("┌─────────┬──────┬───────────┐");
  });

  test("divides the space such that rows have few lines", () => {
    const name = "vnet-spoke1-dev-swedencentral";
    const lines = drawn(60, [name, "privatelink.azurecr.io", `its own endpoint ${name}`]);
    expect(lines[0]!.length).toBeLessThanOrEqual(60);
    expect(lines).toHaveLength(3 + 3);
  });

  test("does not split a name where another column has room", () => {
    const lines = drawn(WIDTH, ["vnet-a", NAME, "an answer of a few words"]);
    expect(lines.join("\n")).toContain(` ${NAME} `);
    expect(new Set(lines.map(({ length }) => length)).size).toBe(1);
    // Names come before texts of several words, which can be wrapped.
    expect(drawn(WIDTH, ["a text of many short words", NAME, "an answer"]).join("\n")).toContain(` ${NAME} `);
  });

  test.each([60, 72, 100, 130, 160])("is no wider than %i columns, and all its lines are equally wide", (total) => {
    const lines = drawn(total, ["vnet-spoke1-dev-swedencentral", NAME, "a long answer ".repeat(20)]);
    const [width, ...others] = new Set(lines.map(({ length }) => length));
    expect(others).toEqual([]);
    expect(width).toBeLessThanOrEqual(total);
  });

  test("splits a name that fits nowhere after a hyphen, and one without a hyphen not at all", () => {
    const lines = drawn(60, [NAME, NAME, NAME]);
    expect(lines.length).toBeGreaterThan(4);
    const cells = lines.flatMap((line) => line.split("│").map((cell) => cell.trim()));
    const known = ["", "Network", "Zone", "Answer", ...NAME.split(/(?<=-)/)];
    expect(cells.filter((cell) => !cell.split(/(?<=-)/).every((part) => known.includes(part)))).toEqual(
      [lines[0], lines.at(-1)].map((rule) => rule),
    );
    const whole = "a".repeat(70);
    const wider = drawn(60, ["vnet-a", whole, "an answer"]);
    expect(wider.join("\n")).toContain(` ${whole} `);
    expect(new Set(wider.map(({ length }) => length)).size).toBe(1);
  });

  test("splits a name that is longer than Azure allows any", () => {
    const lines = drawn(60, ["a".repeat(5000), "zone", "an answer"]);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(60);
  });

  test("wraps its head too", () => {
    const table = new Table(["Virtual network", "A"], plain, 20);
    table.add(["vnet-a", "a name"]);
    expect(
      new Set(
        table
          .toString()
          .split("\n")
          .map(({ length }) => length),
      ).size,
    ).toBe(1);
  });
});

test.each([
  ["a terminal", { isTTY: true, columns: 120 }, {}, 120],
  ["a narrow terminal", { isTTY: true, columns: 40 }, {}, 60],
  ["a wide terminal", { isTTY: true, columns: 400 }, {}, 160],
  ["a terminal, whatever COLUMNS says", { isTTY: true, columns: 90 }, { COLUMNS: "70" }, 90],
  ["a pipe", {}, {}, 100],
  ["a pipe with COLUMNS", {}, { COLUMNS: "80" }, 80],
  ["a pipe with COLUMNS that is no number", {}, { COLUMNS: "wide" }, 100],
])("the width of %s", (_, stream, env, width) => {
  expect(terminalWidth(stream, env)).toBe(width);
});
