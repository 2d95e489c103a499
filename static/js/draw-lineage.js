// What an item repeats, what repeats it, and whose voices these are: columns from owners to repetitions. Items of one
// colour and number are one origin; a dashed line is a near copy on which nobody has decided.
(() => {
  const WIDE = 190, TALL = 84;

  drawings.lineage = (told, c, place) => {
    const width = place.clientWidth, height = drawings.lineage.height(told), aside = width < 700 ? 55 : 100;
    const x = (column) => told.columns === 1 ? width / 2 : aside + column * (width - 2 * aside) / (told.columns - 1);
    const many = told.nodes.reduce((count, { column }) => { count[column] = (count[column] ?? 0) + 1; return count; }, {});
    // Where columns are near each other every second one stands lower, so that names have twice the room.
    const between = (width - 2 * aside) / Math.max(told.columns - 1, 1), near = between < 110;
    const y = ({ column, row }) => height * (row + 0.5) / many[column] - 12 + (near ? (column % 2 ? 20 : -20) : 0);
    const room = Math.min(WIDE, (near ? 2 : 1) * between - 10);
    const corner = (at, below) => ({ id: `corner ${at}`, name: "", x: at, y: below, symbolSize: 0, label: { show: false }, silent: true });
    const colour = (origin) => c.series[(origin - 1) % c.series.length];
    return {
      series: [{
        type: "graph", layout: "none", roam: "move", top: 0, bottom: 0, left: 0, right: 0,
        label: { show: true, position: "bottom", color: c.ink, fontSize: 12, textBorderColor: c.paper, textBorderWidth: 3, width: room, lineHeight: 14, overflow: "truncate", formatter: ({ data }) => data.written },
        edgeSymbol: ["none", "arrow"], edgeSymbolSize: 8,
        edgeLabel: { show: width > 600, formatter: ({ data }) => data.told, color: c.soft, fontSize: 11, textBorderColor: c.paper, textBorderWidth: 3 },
        emphasis: { focus: "adjacency" },
        data: [corner(0, 0), corner(width, height), ...told.nodes.map((node) => ({
          id: node.id, name: node.name, url: node.url, x: x(node.column), y: y(node),
          written: node.origin ? `${node.name}\norigin ${node.origin}` : node.name,
          told: node.origin ? `origin ${node.origin}` : "source",
          symbol: node.origin ? "circle" : "rect", symbolSize: node.focus ? 28 : 18,
          itemStyle: { color: node.origin ? colour(node.origin) : c.soft, ...(node.focus ? { borderColor: c.ink, borderWidth: 3 } : {}) },
        }))],
        links: told.edges.map((edge) => ({
          source: edge.from_id, target: edge.to_id, told: edge.kind === "repeats" || edge.suggested ? edge.label : "",
          whole: edge.label, symbol: ["none", edge.suggested ? "none" : "arrow"],
          lineStyle: { color: edge.suggested ? c.bad : c.soft, width: edge.kind === "repeats" ? 2 : 1.3, type: edge.suggested ? "dashed" : "solid", opacity: 0.9, curveness: edge.suggested ? 0.18 : 0 },
        })),
        tooltip: { formatter: ({ data, dataType }) => dataType === "edge" ? data.whole : `${data.name}\n${data.told}` },
      }],
    };
  };

  drawings.lineage.isPlaced = true;
  drawings.lineage.height = (told) => Math.max(150, 24 + TALL * told.rows);
})();
