// Incidents in time: each over its days, or counted by the year in which they began.
(() => {
  const ROW = 24, DAY = 86400000;
  const short = (text, wide) => (text.length > wide ? `${text.slice(0, wide - 1)}…` : text);

  drawings.timeline = (told, c, place) => {
    const narrow = place.clientWidth < 600;
    const now = Date.now();
    return {
      grid: { left: narrow ? 130 : 330, right: 20, top: 26, bottom: 26 },
      xAxis: { type: "time", position: "top", axisLabel: { color: c.soft, hideOverlap: true }, axisLine: { lineStyle: { color: c.soft } }, splitLine: { show: true, lineStyle: { color: c.faint } } },
      yAxis: {
        type: "category", inverse: true, data: told.rows.map((row) => row.title), axisTick: { show: false }, axisLine: { show: false },
        axisLabel: { color: c.ink, interval: 0, formatter: (title) => short(title, narrow ? 20 : 52) },
      },
      series: [{
        type: "custom", encode: { x: [1, 2], y: 0 }, clip: true,
        data: told.rows.map((row, at) => ({
          value: [at, Date.parse(row.from), row.to ? Date.parse(row.to) + DAY : now, row.to ? 1 : 0, row.severity], told: row, url: row.url,
        })),
        renderItem: (parameters, api) => {
          const [left, middle] = api.coord([api.value(1), api.value(0)]);
          const [right] = api.coord([api.value(2), api.value(0)]);
          const colour = c.ramp[api.value(4) - 1];
          const shape = { x: left, y: middle - 6, width: Math.max(right - left, 6), height: 12 };
          const ended = api.value(3) === 1;
          return { type: "rect", shape, style: { fill: colour, opacity: ended ? 1 : 0.55, stroke: c.soft, lineWidth: 0.5, lineDash: ended ? null : [3, 3] } };
        },
        tooltip: { formatter: ({ data }) => `${data.told.title}\n${data.told.from} to ${data.told.to ?? "now, as far as known"}\nSeverity ${data.told.severity}` },
      }],
    };
  };
  drawings.timeline.height = (told) => 60 + ROW * Math.max(told.rows.length, 2);

  drawings.years = (told, c) => ({
    grid: { left: 40, right: 16, top: 40, bottom: 30 },
    legend: { top: 0, left: 0, textStyle: { color: c.ink }, itemHeight: 10, type: "scroll" },
    xAxis: { type: "category", data: told.years, axisLabel: { color: c.soft }, axisLine: { lineStyle: { color: c.soft } } },
    yAxis: { type: "value", minInterval: 1, axisLabel: { color: c.soft }, splitLine: { lineStyle: { color: c.faint } } },
    series: told.series.map((each, at) => ({
      type: "bar", stack: "all", name: each.label, data: each.counts, itemStyle: { color: c.ramp[at], borderColor: c.paper, borderWidth: 0.5 },
      tooltip: { formatter: ({ name, value }) => `${name}: ${value} of ${each.label.toLowerCase()}` },
    })),
  });
  drawings.years.height = () => 320;
})();
