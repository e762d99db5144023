// Runs in the engine behind echarts.min.js and chartkit.js. The engine calls render.
'use strict';

echarts.setPlatformAPI({
  measureText: function (text, font) { return { width: measure(String(text || ''), String(font || '')) }; }
});
chartkit.install(echarts);

function render(option, width, height) {
  random.seed = 1;
  var chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: width, height: height });
  try {
    chart.setOption(chartkit.revive(JSON.parse(option)));
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}
