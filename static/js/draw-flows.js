// Counts over time: one panel per unit over one axis of time. A count is a box from its first to its last day and
// from its low to its high figure; an exact one is a line. Units are never added and share no axis of numbers.
(() => {
  const PANEL = 132, GAP = 44, TOP = 44, DAY = 86400000, NARROW = 7;

  drawings.flows = (told, c) => {
    const categories = [...new Set(told.units.flatMap((unit) => unit.counts.map((count) => count.category)))];
    const days = told.units.flatMap((unit) => unit.counts.flatMap((count) => [Date.parse(count.from), Date.parse(count.to) + DAY]));
    const [first, last] = [Math.min(...days), Math.max(...days)];
    const pad = Math.max((last - first) * 0.04, 15 * DAY);
    const grid = told.units.map((_, at) => ({ left: 78, right: 18, top: TOP + at * (PANEL + GAP), height: PANEL }));
    return {
      legend: { data: categories, top: 0, left: 70, textStyle: { color: c.ink }, icon: "rect", itemHeight: 9, type: "scroll" },
      title: told.units.map((unit, at) => ({
        text: unit.label, left: 78, top: TOP + at * (PANEL + GAP) - 19, textStyle: { fontSize: 12, fontWeight: 600, color: c.ink },
      })),
      grid,
      xAxis: told.units.map((_, at) => ({
        type: "time", gridIndex: at, min: first - pad, max: last + pad, axisLine: { lineStyle: { color: c.soft } },
        axisLabel: { color: c.soft, hideOverlap: true, show: at === told.units.length - 1 || told.units.length < 3 },
        splitLine: { show: true, lineStyle: { color: c.faint } },
      })),
      yAxis: told.units.map((_, at) => ({
        type: "value", gridIndex: at, min: 0, splitNumber: 3, axisLabel: { color: c.soft, formatter: (n) => n.toLocaleString("en") },
        splitLine: { lineStyle: { color: c.faint } },
      })),
      series: told.units.flatMap((unit, at) => categories.map((category, number) => ({
        type: "custom", name: category, xAxisIndex: at, yAxisIndex: at, color: c.series[number % c.series.length],
        clip: true,
        renderItem: box(c.series[number % c.series.length]),
        encode: { x: [0, 1], y: [2, 3] },
        data: unit.counts.filter((count) => count.category === category).map((count) => ({
          value: [Date.parse(count.from), Date.parse(count.to) + DAY, count.low, count.high], told: count, unit: unit.label,
        })),
        tooltip: {
          formatter: ({ data }) => `${data.told.number} ${data.unit.toLowerCase()}\n${data.told.period}\n${data.told.category}`
            + (data.told.sourced ? "" : "\nunsourced, to verify"),
        },
      }))),
    };
  };

  function box(colour) {
    return (parameters, api) => {
      const [left, low] = api.coord([api.value(0), api.value(2)]);
      const [right, high] = api.coord([api.value(1), api.value(3)]);
      const width = Math.max(right - left, NARROW), height = Math.max(low - high, 4);
      return {
        type: "rect",
        shape: { x: (left + right - width) / 2, y: high - (height - (low - high)) / 2, width, height },
        style: { fill: colour, fillOpacity: low - high > 4 ? 0.35 : 1, stroke: colour, lineWidth: 1 },
      };
    };
  }

  drawings.flows.height = (told) => TOP + told.units.length * (PANEL + GAP);
})();
