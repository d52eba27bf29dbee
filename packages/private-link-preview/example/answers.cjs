// Prints what each network's DNS returns: node answers.cjs plan.json
const { readFileSync } = require("node:fs");
const { previewOf } = require("private-link-preview");

const { answers, findings } = previewOf(JSON.parse(readFileSync(process.argv[2], "utf8")));
for (const { virtualNetwork, host, addresses, reachable } of answers)
  console.log(virtualNetwork, host, addresses.join(" ") || "-", reachable ?? "not known");
for (const { severity, code, message } of findings) console.log(severity, code, message);
