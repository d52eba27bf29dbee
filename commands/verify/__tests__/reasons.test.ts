import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  ON,
  REASONS,
  type Reason,
  type ReasonName,
  STATE_PREVIEW,
  adviceOf,
  sentences,
  wordsOf,
  told,
} from "../reasons";
import { PROJECT } from "../../../__tests__/support/programs";

const read = (page: string) => readFileSync(join(PROJECT, "docs", page), "utf8");
const entries = Object.entries<Reason>(REASONS);

test.each(entries)("%s says what is wrong in words, and what to do in sentences", (_, { words, advice }) => {
  // The end of a sentence: what follows is a code, or a full stop.
  expect(words).toMatch(/^[A-Za-z{].*[^.:\s]$/);
  expect(words).not.toMatch(/\b(curl|http|exit)-/);
  expect(advice).toMatch(/^[A-Z{].*\S$/);
  expect(advice).not.toMatch(/\.\.|\bundefined\b/);
});

test("no advice names a file of the state without how to get it", () => {
  for (const [reason, { advice }] of entries) {
    expect([reason, advice.replaceAll(STATE_PREVIEW, "")]).toEqual([reason, expect.not.stringContaining("--state")]);
    if (advice.includes("npm run preview"))
      expect([reason, advice]).toEqual([reason, expect.stringContaining(STATE_PREVIEW)]);
  }
});

test("only a missing role advises one on the registry", () => {
  const advising = entries.filter(([, { advice }]) => /\{role\}|Acr(Pull|Push)/.test(advice));
  expect(advising.map(([reason]) => reason)).toEqual(["role missing"]);
});

test("a name without a fact stands for itself, in capitals", () => {
  expect(wordsOf("VM off")).toBe("VM is STATE");
  expect(wordsOf("VM off", { vm: "vm1", state: "deallocated" })).toBe("vm1 is deallocated");
});

test("of a pod, nothing is said that only a VM has", () => {
  const texts = Object.entries<Reason>(REASONS)
    .filter(([reason]) => !reason.includes("docker"))
    .filter(([, { words, advice }]) => /\{(machine|there|node|\w+Advice)\}/.test(words + advice))
    .map(([reason]) => `${wordsOf(reason as ReasonName, ON.pod)}. ${adviceOf(reason as ReasonName, ON.pod)}`);
  expect(texts.length).toBeGreaterThan(10);
  expect(texts.filter((text) => /bastion|\{|(?<!test )\bVMs?\b(?! of your)/.test(text))).toEqual([]);
  expect(Object.keys(ON.pod)).toEqual(Object.keys(ON.VM));
});

test("two sentences have one full stop between them", () => {
  expect(sentences({ found: "access..", advice: "Wait." })).toBe("access. Wait.");
  expect(sentences({ found: "access", advice: "Wait." })).toBe("access. Wait.");
});

describe("docs/troubleshooting.md", () => {
  const page = read("troubleshooting.md");

  test("has the command that prints the preview of the state", () => {
    expect(page).toContain(STATE_PREVIEW);
  });

  test("quotes what is said of a VM that is not running", () => {
    expect(page).toContain(`> ${sentences(told("VM off", { vm: "The VM of spoke1", state: "deallocated" }))}`);
  });

  test("says every reason that it quotes in the same words", () => {
    // In italics, as the names of checks, which are one or two words.
    const quoted = [...page.matchAll(/_([^_\n]+)_/g)]
      .map(([, text = ""]) => text)
      .filter((text) => text.includes("the ") || text.split(" ").length > 2);
    const known = entries.flatMap(([reason, { words }]) => [words, wordsOf(reason as ReasonName)]);
    expect(quoted.length).toBeGreaterThan(10);
    expect(quoted.filter((text) => !known.some((words) => words === text))).toEqual([]);
  });
});
