const { leftOutText } = require("./needs.cjs");

/** Names the suites that jest has left out, because this machine lacks what they need. */
module.exports = class LeftOut {
  onRunComplete() {
    process.stderr.write(leftOutText());
  }
};
