// What the charts need beyond the options that the server sends: formatters and marks, known by name, so
// that no function travels in an option. One file serves the browser and the server's engine: a plain
// script that sets the global chartkit. Call chartkit.install(echarts) once, then
// chart.setOption(chartkit.revive(option)).
(function (root) {
  'use strict';

  // The formatters write what reports.Format writes.
  var units = [['d', 86400], ['h', 3600], ['m', 60], ['s', 1]];

  function duration(seconds) {
    if (!isFinite(seconds)) return '–';
    if (seconds < 0) return '-' + duration(-seconds);
    var rest = Math.floor(seconds + 0.5);
    for (var i = 0; i < units.length; i++) {
      var size = units[i][1];
      if (rest < size) continue;
      var text = Math.floor(rest / size) + units[i][0];
      var next = units[i + 1];
      if (next && rest % size >= next[1]) text += ' ' + Math.floor((rest % size) / next[1]) + next[0];
      return text;
    }
    return '0s';
  }

  function fixed(x, decimals) {
    var scale = Math.pow(10, decimals);
    return (Math.floor(x * scale + 0.5) / scale).toFixed(decimals);
  }

  function count(x) {
    if (!isFinite(x)) return '–';
    if (x < 0) return '-' + count(-x);
    var decimals = x === Math.trunc(x) ? 0 : x < 0.1 ? 3 : x < 1 ? 2 : 1;
    var parts = fixed(x, decimals).split('.');
    parts[0] = parts[0].replace(/\B(?=(\d{3})+$)/g, ',');
    return parts.join('.');
  }

  function share(x) {
    if (!isFinite(x)) return '–';
    if (x === 0 || x === 1) return x * 100 + ' %';
    if (x >= 0.99 && x < 1) return fixed(Math.floor(x * 1e5) / 1e3, 3) + ' %';
    if (x > 0 && x < 0.0005) return '<0.1 %';
    return fixed(x * 100, 1) + ' %';
  }

  // On an axis trailing zeros say nothing: "50 %", "99.2 %".
  function percent(x) {
    return share(x).replace(/(\.\d*?)0+ %$/, '$1 %').replace('. %', ' %');
  }

  var months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

  // Axis times are wall-clock times of the report's zone, in milliseconds as if they were UTC.
  function day(ms) {
    var d = new Date(ms);
    if (isNaN(d.getTime())) return '–';
    return d.getUTCDate() + ' ' + months[d.getUTCMonth()] + ' ' + d.getUTCFullYear();
  }

  // marks writes the labels of what the pointer is at, wrapped for small screens.
  function marks(params) {
    var seen = {};
    return [].concat(params).map(function (p) { return p.name; }).filter(function (name) {
      return name && !seen[name] && (seen[name] = true);
    }).map(wrap).join('\n');
  }

  function wrap(text) {
    return String(text).replace(/(.{1,44})(\s+|$)/g, '$1\n').replace(/\n+$/, '');
  }

  var formatters = { duration: duration, count: count, share: share, percent: percent, day: day, marks: marks };

  // revive replaces each formatter "fmt:name" by the function of that name, in place.
  function revive(option) {
    if (option === null || typeof option !== 'object') return option;
    Object.keys(option).forEach(function (key) {
      var value = option[key];
      if (key === 'formatter' && typeof value === 'string' && value.slice(0, 4) === 'fmt:') {
        option[key] = formatters[value.slice(4)];
      } else if (key !== 'data') {
        revive(value);
      }
    });
    return option;
  }

  // Marks of interval and box series read [x, y, low, high, slot, slots, step, dot]: series that share a category
  // stand side by side in their slots, step pixels apart where there is room; dot 0 draws the bounds
  // alone. A flat chart has its values along x.
  function layout(api, flat) {
    var slot = api.value(4), slots = api.value(5);
    var at = flat ? 1 : 0, along = flat ? 0 : 1;
    var band = Math.abs(api.size([1, 1])[at]);
    var shift = slots > 1 ? (slot - (slots - 1) / 2) * Math.min(api.value(6), band * 0.6 / slots) : 0;
    return {
      flat: flat,
      width: Math.min(36, band * 0.6 / Math.max(1, slots)),
      // point returns the pixel position of a value of this mark.
      point: function (value) {
        var p = api.coord(flat ? [value, api.value(1)] : [api.value(0), value]);
        p[at] += shift;
        return p;
      },
      value: api.value(along), low: api.value(2), high: api.value(3)
    };
  }

  function line(p, q, style) {
    return { type: 'line', z2: 100, shape: { x1: p[0], y1: p[1], x2: q[0], y2: q[1] }, style: style };
  }

  // The marks lie over bars and dots, whatever the order of the series and even when those are pointed at (z2).
  // cross is a stroke of the given half length across the value axis.
  function cross(l, p, half, style) {
    var d = l.flat ? [0, half] : [half, 0];
    return line([p[0] - d[0], p[1] - d[1]], [p[0] + d[0], p[1] + d[1]], style);
  }

  // Each slot has a shape of its own, so that colour is never alone in telling series apart.
  function dot(slot, p, r, fill) {
    if (slot % 2 === 0) return { type: 'circle', z2: 101, shape: { cx: p[0], cy: p[1], r: r }, style: { fill: fill } };
    var d = r + 1;
    var points = [[p[0], p[1] - d], [p[0] + d, p[1]], [p[0], p[1] + d], [p[0] - d, p[1]]];
    return { type: 'polygon', z2: 101, shape: { points: points }, style: { fill: fill } };
  }

  // interval draws an estimate with its interval; without bounds only the estimate.
  function interval(flat) {
    return function (params, api) {
      var l = layout(api, flat), color = api.visual('color');
      var stroke = { stroke: color, lineWidth: 2, fill: null };
      var children = [];
      if (isFinite(l.low) && isFinite(l.high)) {
        var lo = l.point(l.low), hi = l.point(l.high);
        children.push(line(lo, hi, stroke), cross(l, lo, 4, stroke), cross(l, hi, 4, stroke));
      }
      if (isFinite(l.value) && api.value(7)) children.push(dot(api.value(4), l.point(l.value), 4, color));
      return { type: 'group', emphasisDisabled: true, children: children };
    };
  }

  // box draws the quartiles with the median across.
  function box(flat) {
    return function (params, api) {
      var l = layout(api, flat), color = api.visual('color');
      var mid = l.point(l.value), half = l.width / 2;
      var children = [];
      if (isFinite(l.low) && isFinite(l.high)) {
        var lo = l.point(l.low), hi = l.point(l.high);
        var shape = flat
          ? { x: lo[0], y: lo[1] - half, width: hi[0] - lo[0], height: l.width }
          : { x: hi[0] - half, y: hi[1], width: l.width, height: lo[1] - hi[1] };
        children.push({ type: 'rect', z2: 100, shape: shape, style: { fill: 'none', stroke: color, lineWidth: 1.5 } });
      }
      if (isFinite(l.value)) children.push(cross(l, mid, half, { stroke: color, lineWidth: 3 }));
      return { type: 'group', emphasisDisabled: true, children: children };
    };
  }

  function install(echarts) {
    echarts.registerCustomSeries('interval', interval(false));
    echarts.registerCustomSeries('intervalFlat', interval(true));
    echarts.registerCustomSeries('box', box(false));
    echarts.registerCustomSeries('boxFlat', box(true));
  }

  root.chartkit = { install: install, revive: revive, formatters: formatters };
})(typeof globalThis === 'undefined' ? this : globalThis);
