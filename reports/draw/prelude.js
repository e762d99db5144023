// Runs before echarts.min.js: what the library expects of its surroundings. A still picture needs no timers,
// and random numbers that start alike give the same picture twice (Park and Miller's generator).
var setTimeout = function () { return 0; };
var clearTimeout = function () {};
var random = { seed: 1 };
Math.random = function () {
  random.seed = (random.seed * 16807) % 2147483647;
  return (random.seed - 1) / 2147483646;
};
