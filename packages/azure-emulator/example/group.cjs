// Starts an emulated Azure, creates a resource group by a request, and prints it with what the emulator has seen.
const https = require("node:https");
const { AzureEmulator } = require("azure-emulator");

async function example() {
  const azure = await AzureEmulator.start();
  const group = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-example";
  const options = { method: "PUT", ca: azure.certificate, headers: { "content-type": "application/json" } };
  await new Promise((resolve, reject) => {
    const request = https.request(`${azure.endpoint}${group}?api-version=2024-03-01`, options, (response) => {
      response.resume().on("end", resolve);
    });
    request.on("error", reject).end(JSON.stringify({ location: "swedencentral" }));
  });
  console.log(azure.resources.map(({ id, location }) => `${id} in ${location}`).join("\n"));
  console.log(azure.requests.map(({ method, status }) => `${method} ${status}`).join("\n"));
  await azure.close();
}

module.exports = example();
