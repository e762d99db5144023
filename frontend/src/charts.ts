// The drawing library, in a bundle of its own that only pages with charts load.
import * as echarts from "echarts/core";
import { BarChart, CustomChart, LineChart, ScatterChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendScrollComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";
import { install, revive } from "./islands/chartkit.js";

echarts.use([BarChart, CustomChart, LineChart, ScatterChart, AriaComponent, GridComponent, LegendScrollComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);
install(echarts);

const PAPER_PX = 620; // what fits an A4 page inside a figure

type Datum = { name?: string; link?: string; value?: unknown };
type Option = { series?: { name?: string; data?: Datum[] }[] };

/** draw paints option into box, follows its size, and lets arrow keys step through the marks. */
export function draw(box: HTMLElement, option: Option, say: (text: string) => void): void {
  const chart = echarts.init(box, null, { renderer: "svg" });
  chart.setOption(revive(option) as echarts.EChartsCoreOption);
  const fit = (width?: number) => {
    chart.resize(width ? { width } : undefined);
    chart.getZr().flush(); // paper does not wait for the next frame
    // With it a style can scale the picture, as that of paper does where the browser prints without a word before.
    box.querySelector("svg")?.setAttribute("viewBox", `0 0 ${chart.getWidth()} ${chart.getHeight()}`);
  };
  new ResizeObserver(() => fit()).observe(box);
  addEventListener("beforeprint", () => fit(Math.min(box.clientWidth, PAPER_PX)));
  addEventListener("afterprint", () => fit());
  chart.on("click", (event) => {
    const link = (event.data as Datum | undefined)?.link;
    if (link) location.assign(link);
  });
  step(box, chart, option, say);
}

/** step makes the chart a row of marks for the keyboard, in the order of the data. */
function step(box: HTMLElement, chart: echarts.ECharts, option: Option, say: (text: string) => void): void {
  const marks = (option.series ?? []).flatMap((series, seriesIndex) =>
    (series.data ?? []).map((datum, dataIndex) => ({ series, seriesIndex, datum, dataIndex })),
  );
  let at = -1;
  box.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const here = marks[at];
    if (event.key === "Enter" && here?.datum.link) return location.assign(here.datum.link);
    if (!by || marks.length === 0) return;
    event.preventDefault();
    if (here) chart.dispatchAction({ type: "downplay", seriesIndex: here.seriesIndex, dataIndex: here.dataIndex });
    at = Math.max(0, Math.min(marks.length - 1, at + by));
    const { series, seriesIndex, datum, dataIndex } = marks[at];
    chart.dispatchAction({ type: "highlight", seriesIndex, dataIndex });
    chart.dispatchAction({ type: "showTip", seriesIndex, dataIndex });
    say(`${at + 1} of ${marks.length}: ${[series.name, datum.name].filter(Boolean).join(", ")}`);
  });
  box.addEventListener("blur", () => {
    chart.dispatchAction({ type: "hideTip" });
    say("");
  });
}
