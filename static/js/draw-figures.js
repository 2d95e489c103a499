// Responses in numbers: bars by kind in parts by status, and how long incidents waited for a first measure.
(() => {
  const COLOURS = { in_review: 4, approved: 1, in_force: 0, completed: 5, declined: 2, lifted: 3 };
  // What is only proposed is hollow, and what was withdrawn is faint; each with an edge, to be seen on any ground.
  const lookOf = (key, c) => {
    if (key === "proposed" || key === "withdrawn") return { color: key === "proposed" ? c.paper : c.faint, borderColor: c.soft, borderWidth: 1 };
    return { color: c.series[COLOURS[key]], borderColor: c.paper, borderWidth: 1 };
  };
  const short = (text, wide) => (text.length > wide ? `${text.slice(0, wide - 1)}…` : text);
  const names = (list, c, narrow) => ({
    type: "category", inverse: true, data: list, axisTick: { show: false }, axisLine: { show: false },
    axisLabel: { color: c.ink, interval: 0, width: narrow ? 92 : 150, overflow: "break", lineHeight: 14 },
  });

  drawings.counts = (told, c, place) => {
    const narrow = place.clientWidth < 600;
    return {
      grid: { left: narrow ? 104 : 164, right: 20, top: 52, bottom: 24 },
      legend: { top: 0, left: 0, textStyle: { color: c.ink }, itemHeight: 10, itemWidth: 14 },
      xAxis: { type: "value", minInterval: 1, axisLabel: { color: c.soft }, splitLine: { lineStyle: { color: c.faint } } },
      yAxis: names(told.kinds, c, narrow),
      series: told.series.map((each) => ({
        type: "bar", stack: "all", name: each.label, data: each.counts, barMaxWidth: 20,
        itemStyle: lookOf(each.key, c),
        tooltip: { formatter: ({ name, value }) => `${name}: ${value} ${each.label.toLowerCase()}` },
      })),
    };
  };
  drawings.counts.height = (told) => 80 + 34 * told.kinds.length;

  // A few incidents waited for years and most for weeks, so the scale widens short times: nearly even up to a week or
  // two, then ever narrower.
  const place = (days) => Math.asinh(days / 10);
  const TICKS = [[-365, "−1 year"], [-30, "−30"], [0, "0"], [7, "7"], [30, "30"], [90, "90"], [365, "1 year"], [1096, "3 years"], [3653, "10 years"], [10958, "30 years"]];
  const LANE = 74;

  const between = (first, lane, at, of) => ({ value: [place(first.least), place(first.most), lane, of === 1 ? 0 : at / (of - 1) - 0.5], told: first });

  const strips = (told, c) => ({
    type: "custom", encode: { x: [0, 1], y: 2 }, z: 3,
    data: told.lanes.flatMap((lane, number) => lane.firsts.map((first, at) => between(first, number, at, lane.firsts.length))),
    renderItem: (parameters, api) => {
      const lane = api.value(2), colour = c.series[lane];
      const [left, middle] = api.coord([api.value(0), lane]);
      const [right] = api.coord([api.value(1), lane]);
      const y = middle + api.value(3) * LANE * 0.62;
      if (right - left < 7) return { type: "circle", shape: { cx: (left + right) / 2, cy: y, r: 4 }, style: { fill: colour } };
      return { type: "rect", shape: { x: left, y: y - 3, width: right - left, height: 6, r: 3 }, style: { fill: colour, opacity: 0.75 } };
    },
    tooltip: { formatter: ({ data: { told: first } }) => `${short(first.incident, 80)}\n${first.said} days to: ${short(first.measure, 80)}` },
  });

  const medians = (told, c) => ({
    type: "custom", encode: { x: [0, 1], y: 2 }, z: 2,
    data: told.lanes.flatMap((lane, number) => (lane.median ? [{ value: [...lane.median.map(place), number], told: lane }] : [])),
    renderItem: (parameters, api) => {
      const [left, middle] = api.coord([api.value(0), api.value(2)]);
      const [right] = api.coord([api.value(1), api.value(2)]);
      const shape = { x: left - 1, y: middle - LANE / 2 + 4, width: Math.max(right - left, 0) + 2, height: LANE - 8 };
      return { type: "rect", shape, style: { fill: c.soft, opacity: right - left > 1 ? 0.35 : 0.9 } };
    },
    tooltip: { formatter: ({ data: { told: lane } }) => `${lane.label}: median ${lane.said} days of ${lane.firsts.length} incident${lane.firsts.length === 1 ? "" : "s"}` },
  });

  drawings.times = (told, c, box) => {
    const narrow = box.clientWidth < 600;
    const days = told.lanes.flatMap((lane) => lane.firsts.flatMap((first) => [first.least, first.most]));
    const [least, most] = [Math.min(0, ...days), Math.max(30, ...days)];
    const shown = TICKS.filter(([at]) => at >= least * 1.5 && at <= most * 1.3);
    return {
      grid: { left: narrow ? 104 : 164, right: 30, top: 8, bottom: 40 },
      xAxis: {
        type: "value", min: place(least) - 0.25, max: place(most) + 0.25, name: "days", nameLocation: "middle", nameGap: 24, nameTextStyle: { color: c.soft },
        splitLine: { show: false }, axisTick: { customValues: shown.map(([at]) => place(at)) },
        axisLabel: { color: c.soft, hideOverlap: true, customValues: shown.map(([at]) => place(at)), formatter: (value) => shown.find(([at]) => Math.abs(place(at) - value) < 0.01)?.[1] ?? "" },
      },
      yAxis: names(told.lanes.map((lane) => `${lane.label}\nn = ${lane.firsts.length}`), c, narrow),
      series: [medians(told, c), {
        ...strips(told, c),
        markLine: { silent: true, symbol: "none", label: { show: false }, z: 1, data: shown.map(([at]) => ({ xAxis: place(at), lineStyle: { color: at === 0 ? c.soft : c.faint, type: "solid" } })) },
      }],
    };
  };
  drawings.times.height = (told) => 48 + LANE * told.lanes.length;
})();
