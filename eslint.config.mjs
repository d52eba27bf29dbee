import js from "@eslint/js";
import regexp from "eslint-plugin-regexp";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["cdktf.out/", "coverage/", "node_modules/", "packages/*/dist/"] },
  js.configs.recommended,
  {
    // Text of others must not keep a program busy: the time of a regular expression grows with its text, and not faster.
    ignores: ["**/__tests__/**"],
    plugins: { regexp },
    rules: { "regexp/no-super-linear-backtracking": "error", "regexp/no-super-linear-move": "error" },
  },
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Creating a construct adds it to the construct tree, so the new object is often not used.
      "no-new": "off",
      // An exclamation mark states that an index or a lookup always finds a value.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "no-restricted-imports": [
        "error",
        {
          patterns: [{ regex: "^(cdkt[fn](/|$)|@cdkt[fn]/provider-)", message: "Import from src/terraform." }],
        },
      ],
    },
  },
  {
    // What is printed goes through one door, so that no text of others is a command of the log that it is printed to.
    files: ["packages/**/*.ts", "commands/**/*.ts", "src/**/*.ts"],
    ignores: ["**/__tests__/**", "packages/common/text/output.ts"],
    rules: {
      "no-console": "error",
      "no-restricted-syntax": [
        "error",
        {
          selector: "CallExpression[callee.property.name='write'][callee.object.property.name=/^std(out|err)$/]",
          message: "Print by output.ts.",
        },
      ],
    },
  },
  {
    files: ["src/terraform/index.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [{ regex: "/provider-azurerm$", message: "This loads the whole provider. Import a deep path." }] },
      ],
    },
  },
  {
    files: ["**/*.cjs", "**/*.js"],
    languageOptions: {
      sourceType: "commonjs",
      globals: {
        require: "readonly",
        module: "writable",
        process: "readonly",
        console: "readonly",
        __dirname: "readonly",
      },
    },
  },
  {
    // The script of a page, of which the files use what others declare. TypeScript knows that, and what a browser has.
    files: ["packages/private-link-preview/lib/html/page/*.js"],
    languageOptions: { sourceType: "script" },
    rules: { "no-undef": "off", "no-unused-vars": ["error", { vars: "local" }] },
  },
);
