// The formatters and marks of the charts. The script itself lives beside the Go code that names them, and
// the server's chart engine runs the same file; here it is only given a module's face.
import "../../../reports/echarts/chartkit.js";

export const { install, revive } = globalThis.chartkit;
