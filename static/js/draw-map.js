// Corridors as lines, crossing points, and incidents, over outlines of countries. Moved by dragging, drawn closer by the buttons.
(() => {
  drawings.map = (told, c) => {
    const few = Object.keys(told.countries).length <= 8;
    return {
      geo: {
        map: "outlines", roam: "move", silent: true, aspectScale: told.aspect,
        ...(told.frame ? { boundingCoords: told.frame } : {}),
        itemStyle: { areaColor: c.land, borderColor: c.line, borderWidth: 0.6 },
        emphasis: { disabled: true },
        regions: Object.entries(told.countries).map(([code, name]) => ({
          name: code, itemStyle: { areaColor: c.chosen, borderColor: c.soft },
          label: { show: few, formatter: name, color: c.soft, fontSize: 11 },
        })),
      },
      legend: {
        bottom: 4, left: 8, textStyle: { color: c.ink }, backgroundColor: c.paper, padding: 6, borderRadius: 4, itemHeight: 9, itemWidth: 14,
        data: [told.lines.length && "Corridors", told.crossings.length && "Crossing points", told.incidents.length && "Incidents"].filter(Boolean),
      },
      series: [
        {
          type: "lines", name: "Corridors", coordinateSystem: "geo", polyline: true, color: c.series[1],
          lineStyle: { color: c.series[1], width: 3, opacity: 0.9 },
          data: told.lines.map((line) => ({ coords: line.points, told: line.name, url: line.url })),
          tooltip: { formatter: ({ data }) => data.told },
        },
        {
          type: "scatter", name: "Crossing points", coordinateSystem: "geo", symbol: "diamond", symbolSize: 11, color: c.series[2],
          itemStyle: { color: c.series[2], borderColor: c.paper, borderWidth: 1 },
          label: { show: told.crossings.length <= 12, position: "right", formatter: ({ data }) => data.told, color: c.ink, textBorderColor: c.paper, textBorderWidth: 3, fontSize: 11 },
          labelLayout: { hideOverlap: true },
          data: told.crossings.map((each) => ({ value: each.point, told: each.name, of: each.of })),
          tooltip: { formatter: ({ data }) => `${data.told}\n${data.of}` },
        },
        {
          type: "scatter", name: "Incidents", coordinateSystem: "geo", symbol: "circle", color: c.bad,
          itemStyle: { color: c.bad, borderColor: c.paper, borderWidth: 1.5 },
          symbolSize: (value, { data }) => 7 + 2 * data.severity,
          data: told.incidents.map((each) => ({ value: each.point, told: each.name, severity: each.severity, url: each.url })),
          tooltip: { formatter: ({ data }) => `${data.told}\nSeverity ${data.severity}` },
        },
      ],
    };
  };

  drawings.map.after = (chart, place) => {
    const note = place.parentElement.querySelector(".map-note");
    note.hidden = false;
    note.addEventListener("click", (event) => {
      const asked = event.target.closest("[data-zoom]")?.dataset.zoom;
      if (!asked) return;
      const zoom = chart.getOption().geo[0].zoom || 1;
      if (asked === "0") chart.setOption({ geo: { zoom: 1, center: null } });
      else chart.setOption({ geo: { zoom: Math.min(Math.max(zoom * Number(asked), 0.3), 40) } });
    });
  };
})();
