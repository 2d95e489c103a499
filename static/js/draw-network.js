// Actors and how they stand to each other. A dashed line is unsourced; without an arrow it holds both ways.
(() => {
  const SHAPES = ["rect", "circle", "diamond"];

  drawings.network = (told, c) => ({
    legend: { data: told.groups, top: 0, left: 0, textStyle: { color: c.ink }, itemHeight: 10 },
    series: [{
      type: "graph", layout: "force", roam: "move", draggable: true, top: 30,
      force: { repulsion: 700, edgeLength: [150, 240], gravity: 0.12, layoutAnimation: false },
      categories: told.groups.map((name, at) => ({ name, symbol: SHAPES[at], itemStyle: { color: c.series[at] } })),
      label: { show: true, position: "bottom", color: c.ink, fontSize: 12, textBorderColor: c.paper, textBorderWidth: 3 },
      edgeSymbolSize: 9,
      edgeLabel: { show: true, formatter: ({ data }) => data.told, color: c.soft, fontSize: 11, textBorderColor: c.paper, textBorderWidth: 3 },
      lineStyle: { color: c.soft, width: 1.5, opacity: 0.9 },
      emphasis: { focus: "adjacency" },
      data: told.nodes.map((node) => ({
        id: node.id, name: node.name, category: node.group, url: node.url, told: node.kind,
        symbol: SHAPES[node.group], symbolSize: node.focus ? 30 : 20,
        itemStyle: node.focus ? { borderColor: c.ink, borderWidth: 3 } : {},
      })),
      links: bent(told.links).map((link) => ({
        source: link.source, target: link.target, told: link.label, symbol: ["none", link.mutual ? "none" : "arrow"],
        lineStyle: { type: link.sourced ? "solid" : "dashed", curveness: link.bend },
        sourced: link.sourced,
      })),
      tooltip: {
        formatter: ({ data, dataType }) => dataType === "edge"
          ? data.told + (data.sourced ? "" : "\nunsourced, to verify") : `${data.name}\n${data.told}`,
      },
    }],
  });

  // Several relations between the same two are bent apart.
  function bent(links) {
    const seen = {};
    return links.map((link) => {
      const key = [link.source, link.target].sort().join();
      const before = seen[key] = (seen[key] ?? -1) + 1;
      return { ...link, bend: before ? 0.16 * Math.ceil(before / 2) * (before % 2 ? 1 : -1) : 0 };
    });
  }

  drawings.network.height = (told) => Math.min(300 + 14 * told.nodes.length, 680);
})();
