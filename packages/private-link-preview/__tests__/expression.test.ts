import {
  endingOf,
  expressionsIn,
  isTemplate,
  joinedTemplate,
  literalsIn,
  referencesIn,
  substitute,
} from "../lib/read/expression";

describe("the references in an expression", () => {
  // Each root, and after a bar the steps that follow it.
  test.each([
    ["azurerm_subnet.a.id", ["azurerm_subnet.a|.id"]],
    ["data.azapi_resource.nic.output.properties", ["data.azapi_resource.nic|.output.properties"]],
    ["azurerm_subnet.spoke1_endpoints-subnet.id", ["azurerm_subnet.spoke1_endpoints-subnet|.id"]],
    ['azurerm_subnet.a["b.c"].id', ['azurerm_subnet.a|["b.c"].id']],
    ["azurerm_subnet.a[0].id", ["azurerm_subnet.a|[0].id"]],
    ["azurerm_subnet.a[*].id", ["azurerm_subnet.a|[*].id"]],
    ["azurerm_subnet.a[each.key].id", ["azurerm_subnet.a|[each.key].id"]],
    ["local.x", ["local.x|"]],
    ["module.network.id", ["module.network|.id"]],
    ["var.x ? azurerm_subnet.a.id : azurerm_subnet.b.id", ["var.x|", "azurerm_subnet.a|.id", "azurerm_subnet.b|.id"]],
    ["concat(azurerm_subnet.a[*].id,azurerm_subnet.b[*].id)", ["azurerm_subnet.a|[*].id", "azurerm_subnet.b|[*].id"]],
    ["one(data.azapi_resource.nic[*]).output", ["data.azapi_resource.nic|[*]"]],
  ])("%s", (expression, expected) => {
    expect(referencesIn(expression).map(({ root, steps }) => `${root}|${steps}`)).toEqual(expected);
  });

  test("are not words in a text", () => {
    expect(referencesIn('lookup(local.x, "azurerm_subnet.a.id")')).toEqual([{ root: "local.x", steps: "" }]);
  });

  test("are what a text interpolates", () => {
    expect(referencesIn('"${azurerm_subnet.a.name}.data"')).toEqual([{ root: "azurerm_subnet.a", steps: ".name" }]);
  });

  test("are not numbers, nor parts of longer words", () => {
    expect(referencesIn("1.5 + 10")).toEqual([]);
    expect(referencesIn("local.x-y")).toEqual([{ root: "local.x-y", steps: "" }]);
  });
});

describe("the texts in an expression", () => {
  test("are found without their quotes", () => {
    expect(literalsIn('contains(c.fqdns, "acr.azurecr.io") ? "a" : ""')).toEqual(["acr.azurecr.io", "a", ""]);
  });

  test("may hold quotes themselves", () => {
    expect(literalsIn('"say \\"hello\\""')).toEqual(['say \\"hello\\"']);
  });

  test("are none where they interpolate", () => {
    expect(literalsIn('"${local.name}.azurecr.io"')).toEqual([]);
  });
});

describe("the expressions in a template", () => {
  test.each([
    ["plain", []],
    ["${a.b}", ["a.b"]],
    ["x-${a.b}-${c.d}", ["a.b", "c.d"]],
    ["${{ for k, v in a.b : k => v }}", ["{ for k, v in a.b : k => v }"]],
    ['${lookup(a.b, "}")}!', ['lookup(a.b, "}")']],
    ['${lookup(a.b, "\\"}")}!', ['lookup(a.b, "\\"}")']],
    ['${"${a.b}.data"}', ['"${a.b}.data"']],
  ])("%s", (template, expected) => {
    expect(expressionsIn(template)).toEqual(expected);
  });

  test("end with the text where a brace is missing", () => {
    expect(expressionsIn("${a.b")).toEqual(["a.b"]);
  });
});

describe("the text of a template", () => {
  const values: Record<string, string> = { "a.b": "hub", "c.d": "dev" };
  const evaluate = (expression: string) => values[expression];

  test("has each expression's value in its place", () => {
    expect(substitute("vnet-${a.b}-${c.d}!", evaluate)).toBe("vnet-hub-dev!");
    expect(substitute("plain", evaluate)).toBe("plain");
  });

  test("is not known where one of them is not", () => {
    expect(substitute("vnet-${a.b}-${var.x}", evaluate)).toBeUndefined();
    expect(substitute("${var.x}-${a.b}", evaluate)).toBeUndefined();
  });

  test("may be empty", () => {
    expect(substitute("", evaluate)).toBe("");
    expect(substitute("${a.b}", () => "")).toBe("");
  });
});

test("a template is a text with something to evaluate in it", () => {
  expect(isTemplate("${a.b}")).toBe(true);
  expect(isTemplate("a.b")).toBe(false);
  expect(isTemplate(["${a.b}"])).toBe(false);
});

describe("a list that is joined", () => {
  test.each([
    ['join("", [a.b.id, "/x/", local.c])', "${a.b.id}/x/${local.c}"],
    ['join("-",["a", var.b])', "a-${var.b}"],
    ['join("", ["/x"])', "/x"],
    ['join("", local.list)', undefined],
    ['join("", [for x in local.list : x])', undefined],
    ['join("", ["${a.b}"])', undefined],
    ['upper(join("", ["a"]))', undefined],
    ["a.b", undefined],
  ])("%s is %s", (expression, template) => {
    expect(joinedTemplate(expression)).toBe(template);
  });

  test("is read in a time that grows with its length", () => {
    expect(joinedTemplate(`join("", [${"a ".repeat(50_000)}`)).toBeUndefined();
  });
});

test.each([
  ["${a.b}/x/name", "/x/name"],
  ["${a.b}/x/${known.c}", "/x/is known"],
  ['${join("", [a.b, "/x/", known.c])}', "/x/is known"],
  ["/x/${a.b}", ""],
  ['${join("", ["/x/", a.b])}', ""],
  ["plain", "plain"],
])("what is known at the end of %s is %j", (template, ending) => {
  expect(endingOf(template, (expression) => (expression === "known.c" ? "is known" : undefined))).toBe(ending);
});
