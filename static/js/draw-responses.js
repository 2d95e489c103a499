// Incidents in time with the responses to them: a bar each, and a mark for every response, on a line of its kind's own.
(() => {
  const ROW = 46, DAY = 86400000, YEARS = 12;
  const SYMBOLS = ["circle", "diamond", "rect", "triangle", "path://M5,0L6.2,3.8L10,3.8L7,6.2L8,10L5,7.7L2,10L3,6.2L0,3.8L3.8,3.8Z"];
  const short = (text, wide) => (text.length > wide ? `${text.slice(0, wide - 1)}…` : text);

  const middle = (mark) => (Date.parse(mark.from) + Date.parse(mark.to) + DAY) / 2; // of the day, month or year that is known

  const bars = (told, c, now) => ({
    type: "custom", name: "Incident", encode: { x: [1, 2], y: 0 }, clip: true, z: 1, itemStyle: { color: c.line },
    data: told.rows.filter((row) => row.from).map((row) => ({
      value: [told.rows.indexOf(row), Date.parse(row.from), row.to ? Date.parse(row.to) + DAY : now, row.to ? 1 : 0], told: row, url: row.url,
    })),
    renderItem: (parameters, api) => {
      const [left, middle] = api.coord([api.value(1), api.value(0)]);
      const [right] = api.coord([api.value(2), api.value(0)]);
      const shape = { x: left, y: middle - 17, width: Math.max(right - left, 4), height: 34, r: 3 };
      return { type: "rect", shape, style: { fill: c.faint, stroke: c.soft, lineWidth: 0.8, lineDash: api.value(3) ? null : [4, 3] } };
    },
    tooltip: { formatter: ({ data }) => `${data.told.title}\n${data.told.from} to ${data.told.to ?? "now, as far as known"}` },
  });

  const marks = (told, kind, at, c) => ({
    type: "scatter", name: kind.label, symbol: SYMBOLS[at], symbolSize: 11, symbolOffset: [0, (at - 2) * 6], z: 3,
    itemStyle: { color: c.series[at] },
    data: told.rows.flatMap((row, number) => row.marks.filter((mark) => mark.kind === kind.key).map((mark) => ({
      value: [middle(mark), number], told: mark, url: mark.url,
      itemStyle: { color: mark.unsourced ? c.paper : c.series[at], borderColor: c.series[at], borderWidth: 1.8 },
    }))),
    tooltip: {
      formatter: ({ data: { told: mark } }) =>
        [`${kind.label}, ${mark.date}`, short(mark.title, 90), mark.by && `Taken by ${mark.by}`, mark.status + (mark.unsourced ? "; unsourced, to verify" : "")].filter(Boolean).join("\n"),
    },
  });

  // How long a date is that is known to the month or year only.
  const stretches = (told, c) => ({
    type: "custom", name: "Known to the month or year", encode: { x: [1, 2], y: 0 }, clip: true, z: 2, silent: true,
    data: told.rows.flatMap((row, number) => row.marks.filter((mark) => mark.from !== mark.to).map((mark) => ({
      value: [number, Date.parse(mark.from), Date.parse(mark.to) + DAY, told.kinds.findIndex((kind) => kind.key === mark.kind)],
    }))),
    renderItem: (parameters, api) => {
      const [left, line] = api.coord([api.value(1), api.value(0)]);
      const [right] = api.coord([api.value(2), api.value(0)]);
      const y = line + (api.value(3) - 2) * 6;
      return { type: "line", shape: { x1: left, y1: y, x2: right, y2: y }, style: { stroke: c.series[api.value(3)], lineWidth: 1.5 } };
    },
  });

  drawings.responses = (told, c, place) => {
    const narrow = place.clientWidth < 600, now = Date.now();
    const days = told.rows.flatMap((row) => [row.from, ...row.marks.map((mark) => mark.from)]).filter(Boolean).map(Date.parse);
    const first = Math.min(...days), long = now - first > YEARS * 365 * DAY && told.rows.length > 1;
    return {
      grid: { left: narrow ? 120 : 300, right: 20, top: narrow ? 96 : 66, bottom: 58 },
      legend: { top: 0, left: 0, data: told.kinds.map((kind) => kind.label), textStyle: { color: c.ink }, itemHeight: 11 },
      xAxis: { type: "time", position: "top", min: first - 30 * DAY, max: now, axisLabel: { color: c.soft, hideOverlap: true }, axisLine: { lineStyle: { color: c.soft } }, splitLine: { show: true, lineStyle: { color: c.faint } } },
      yAxis: {
        type: "category", inverse: true, data: told.rows.map((row) => row.title), axisTick: { show: false }, axisLine: { show: false }, splitLine: { show: true, lineStyle: { color: c.faint } },
        axisLabel: { color: c.ink, interval: 0, width: narrow ? 108 : 280, overflow: "break", lineHeight: 14, formatter: (title) => short(title, narrow ? 34 : 84) },
      },
      dataZoom: [{ type: "slider", xAxisIndex: 0, showDataShadow: false, bottom: 8, height: 22, filterMode: "weakFilter", startValue: long ? now - YEARS * 365 * DAY : first - 30 * DAY, endValue: now, textStyle: { color: c.soft }, borderColor: c.line, labelFormatter: (value) => new Date(value).getFullYear() }],
      series: [bars(told, c, now), stretches(told, c), ...told.kinds.map((kind, at) => marks(told, kind, at, c))],
    };
  };
  drawings.responses.height = (told, wide) => (wide < 600 ? 154 : 124) + ROW * Math.max(told.rows.length, 2);
})();
