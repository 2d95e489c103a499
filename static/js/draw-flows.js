// Counts over time: one panel per unit over one axis of time. A count is a box from its first to its last day and
// from its low to its high figure; an exact one is a line. Units are never added and share no axis of numbers.
// Measures have a lane each above the panels, and a line through all of them at their day; a band where only the
// month or year is known. A line in time is no claim of cause.
(() => {
  const PANEL = 132, GAP = 44, LEGEND = 44, LANE = 20, DAY = 86400000, NARROW = 7, LETTER = 6.4;
  const lanes = (told) => (told.marks.length ? told.marks.length * LANE + 26 : 0);
  const span = (dated) => [Date.parse(dated.from), Date.parse(dated.to) + DAY];
  const short = (text, wide) => (text.length > wide ? `${text.slice(0, Math.max(wide - 1, 1))}…` : text);

  drawings.flows = (told, c) => {
    const categories = [...new Set(told.units.flatMap((unit) => unit.counts.map((count) => count.category)))];
    const marked = told.marks.flatMap((mark) => [mark, ...mark.after]);
    const days = [...told.units.flatMap((unit) => unit.counts), ...marked].flatMap(span);
    const [first, last] = [Math.min(...days), Math.max(...days)];
    const pad = Math.max((last - first) * 0.04, 15 * DAY), top = LEGEND + lanes(told);
    const time = { type: "time", min: first - pad, max: last + pad };
    const grid = told.units.map((_, at) => ({ left: 78, right: 18, top: top + at * (PANEL + GAP), height: PANEL }));
    const measures = told.marks.length ? measured(told, c, time, told.units.length) : { grid: [], title: [], xAxis: [], yAxis: [], series: [] };
    return {
      legend: { data: categories, top: 0, left: 70, textStyle: { color: c.ink }, icon: "rect", itemHeight: 9, type: "scroll" },
      title: [...told.units.map((unit, at) => ({
        text: unit.label, left: 78, top: top + at * (PANEL + GAP) - 19, textStyle: { fontSize: 12, fontWeight: 600, color: c.ink },
      })), ...measures.title],
      grid: [...grid, ...measures.grid],
      xAxis: [...told.units.map((_, at) => ({
        ...time, gridIndex: at, axisLine: { lineStyle: { color: c.soft } },
        axisLabel: { color: c.soft, hideOverlap: true, show: at === told.units.length - 1 || told.units.length < 3 },
        splitLine: { show: true, lineStyle: { color: c.faint } },
      })), ...measures.xAxis],
      yAxis: [...told.units.map((_, at) => ({
        type: "value", gridIndex: at, min: 0, splitNumber: 3, axisLabel: { color: c.soft, formatter: (n) => n.toLocaleString("en") },
        splitLine: { lineStyle: { color: c.faint } },
      })), ...measures.yAxis],
      series: [...told.units.flatMap((unit, at) => categories.map((category, number) => ({
        type: "custom", name: category, xAxisIndex: at, yAxisIndex: at, color: c.series[number % c.series.length],
        clip: true, z: 3,
        renderItem: box(c.series[number % c.series.length]),
        encode: { x: [0, 1], y: [2, 3] },
        data: unit.counts.filter((count) => count.category === category).map((count) => ({
          value: [...span(count), count.low, count.high], told: count, unit: unit.label,
        })),
        tooltip: {
          formatter: ({ data }) => `${data.told.number} ${data.unit.toLowerCase()}\n${data.told.period}\n${data.told.category}`
            + (data.told.sourced ? "" : "\nunsourced, to verify"),
        },
      }))), ...measures.series],
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

  // The lanes of the measures, and the line or band of each through its lane's foot and every panel.
  function measured(told, c, time, at) {
    const tip = ({ data: { told: mark } }) => [`${mark.kind}, ${mark.when}`, short(mark.title, 90), mark.standing,
      ...mark.after.map((each) => `Observed ${each.when}: ${short(each.what, 80)}`), "A line in time is no claim of cause."].join("\n");
    const through = told.marks.map((mark) => ({ value: span(mark), told: mark, url: mark.url }));
    const line = (parameters, api) => {
      const { y, height } = parameters.coordSys, { when } = told.marks[parameters.dataIndex], exact = when.startsWith("on ");
      const [left] = api.coord([api.value(0), 0]), [right] = api.coord([api.value(1), 0]);
      const from = { x1: left, x2: left, y1: y - GAP / 2, y2: y + height };
      const edge = { type: "line", shape: from, style: { stroke: c.bad, lineWidth: 1.2, lineDash: exact ? null : [3, 3] } };
      if (exact) return edge;
      const band = { type: "rect", shape: { x: left, y, width: right - left, height }, style: { fill: c.bad, fillOpacity: 0.09 } };
      return { type: "group", children: [band, edge] };
    };
    const lane = (parameters, api) => {
      const mark = told.marks[parameters.dataIndex], [left, middle] = api.coord([api.value(0), api.value(2)]);
      const [right] = api.coord([api.value(1), api.value(2)]), { x, y, width, height } = parameters.coordSys;
      const seen = mark.after.map((each) => span(each).map((day) => api.coord([day, api.value(2)])[0]));
      const ends = Math.max(right, ...seen.flat()) + 8, room = x + width - ends, before = left - x - 8, leftwards = room < before;
      const text = short(`${mark.kind}: ${mark.title}`, Math.floor((leftwards ? before : room) / LETTER));
      return { type: "group", children: [
        { type: "line", shape: { x1: left, x2: left, y1: middle, y2: y + height + 6 }, style: { stroke: c.bad, lineWidth: 1.2, lineDash: mark.when.startsWith("on ") ? null : [3, 3] } },
        { type: "rect", shape: { x: left, y: middle - 4, width: Math.max(right - left, 4), height: 8 }, style: { fill: c.bad } },
        ...seen.flatMap(([since, until]) => observed(since, until, middle, c)),
        { type: "text", style: {
          text, x: leftwards ? left - 6 : ends, y: middle, align: leftwards ? "right" : "left", verticalAlign: "middle",
          fontSize: 11, fill: c.ink, backgroundColor: c.paper, padding: [1, 2],
        } },
      ] };
    };
    return {
      grid: [{ left: 78, right: 18, top: LEGEND, height: told.marks.length * LANE }],
      title: [{ text: "Measures", left: 8, top: LEGEND - 2, textStyle: { fontSize: 12, fontWeight: 600, color: c.ink } }],
      xAxis: [{ ...time, gridIndex: at, show: false }],
      yAxis: [{ type: "value", gridIndex: at, min: 0, max: told.marks.length, inverse: true, show: false }],
      series: [
        ...told.units.map((_, panel) => ({
          type: "custom", name: "Measures", xAxisIndex: panel, yAxisIndex: panel, z: 2, renderItem: line, encode: { x: [0, 1] }, data: through, tooltip: { formatter: tip },
        })),
        {
          type: "custom", name: "Measures", xAxisIndex: at, yAxisIndex: at, z: 4, renderItem: lane, encode: { x: [0, 1], y: 2 }, tooltip: { formatter: tip },
          data: through.map((each, number) => ({ ...each, value: [...each.value, number + 0.5] })),
        },
      ],
    };
  }

  // A diamond in the middle of the day, month or year that is known, and a line as long as that.
  function observed(since, until, y, c) {
    const at = (since + until) / 2, diamond = [[at - 5, y], [at, y - 5], [at + 5, y], [at, y + 5]];
    return [
      { type: "line", shape: { x1: since, x2: until, y1: y, y2: y }, style: { stroke: c.accent, lineWidth: 1.6 } },
      { type: "polygon", shape: { points: diamond }, style: { fill: c.paper, stroke: c.accent, lineWidth: 1.6 } },
    ];
  }

  drawings.flows.height = (told) => LEGEND + lanes(told) + told.units.length * (PANEL + GAP);
})();
