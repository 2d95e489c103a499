// Actors and how they stand to each other. A dashed line is unsourced; without an arrow it holds both ways.
(() => {
  const SHAPES = ["rect", "circle", "diamond"], STEPS = 250, PULL = 0.8;

  drawings.network = (told, c, place) => {
    const width = place.clientWidth, height = drawings.network.height(told);
    const spots = placed(told, width, height);
    const corner = (x, y) => ({ id: `corner ${x}`, name: "", x, y, symbolSize: 0, label: { show: false }, silent: true });
    return {
      legend: { data: told.groups, top: 0, left: 0, textStyle: { color: c.ink }, itemHeight: 10, itemWidth: 14, type: "scroll" },
      series: [{
        type: "graph", layout: "none", roam: "move", top: 0, bottom: 0, left: 0, right: 0,
        categories: told.groups.map((name, at) => ({ name, symbol: SHAPES[at], itemStyle: { color: c.series[at] } })),
        label: { show: true, position: "bottom", color: c.ink, fontSize: 12, textBorderColor: c.paper, textBorderWidth: 3, width: width < 600 ? 92 : 170, lineHeight: 14, overflow: "break" },
        edgeSymbolSize: 9,
        edgeLabel: { show: true, formatter: ({ data }) => data.told, color: c.soft, fontSize: 11, textBorderColor: c.paper, textBorderWidth: 3 },
        lineStyle: { color: c.soft, width: 1.5, opacity: 0.9 },
        emphasis: { focus: "adjacency" },
        // What is drawn is fitted to its frame: two corners that are not seen keep it as it was placed.
        data: [corner(0, 0), corner(width, height), ...told.nodes.map((node, at) => ({
          id: node.id, name: node.name, category: node.group, url: node.url, told: node.kind, ...spots[at],
          symbol: SHAPES[node.group], symbolSize: node.focus ? 30 : 20,
          itemStyle: node.focus ? { borderColor: c.ink, borderWidth: 3 } : {},
        }))],
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
    };
  };

  // Related actors draw each other near, all others push each other away (Fruchterman and Reingold, 1991). It begins
  // on a circle and not by chance, so that the same network looks the same each time.
  function placed(told, width, height) {
    const at = Object.fromEntries(told.nodes.map((node, number) => [node.id, number]));
    const pairs = told.links.map((link) => [at[link.source], at[link.target]]);
    const spots = told.nodes.map((_, n) => {
      const turn = 2 * Math.PI * n / told.nodes.length;
      return { x: width * (0.5 + 0.4 * Math.cos(turn)), y: height * (0.5 + 0.4 * Math.sin(turn)) };
    });
    const aside = Math.min(90, width / 5);
    const ideal = 0.8 * Math.sqrt(width * height / Math.max(spots.length, 1));
    for (let step = 0; step < STEPS; step += 1) {
      const pushes = spots.map((spot) => ({ x: (width / 2 - spot.x) * PULL, y: (height / 2 - spot.y) * PULL }));
      const push = (a, b, force) => {
        const [x, y] = [spots[a].x - spots[b].x, spots[a].y - spots[b].y];
        const far = Math.max(Math.hypot(x, y), 0.01), strength = force(far) / far;
        pushes[a].x += x * strength; pushes[a].y += y * strength;
        pushes[b].x -= x * strength; pushes[b].y -= y * strength;
      };
      for (let a = 0; a < spots.length; a += 1) for (let b = 0; b < a; b += 1) push(a, b, (far) => ideal * ideal / far);
      for (const [a, b] of pairs) push(a, b, (far) => -far * far / ideal);
      const most = ideal * 0.5 * (1 - step / STEPS) + 0.5;
      spots.forEach((spot, n) => {
        const far = Math.max(Math.hypot(pushes[n].x, pushes[n].y), 0.01), moved = Math.min(far, most) / far;
        spot.x = Math.min(Math.max(spot.x + pushes[n].x * moved, aside), width - aside);
        spot.y = Math.min(Math.max(spot.y + pushes[n].y * moved, 52), height - 48);
      });
    }
    return spots;
  }

  // Several relations between the same two are bent apart.
  function bent(links) {
    const seen = {};
    return links.map((link) => {
      const key = [link.source, link.target].sort().join();
      const before = seen[key] = (seen[key] ?? -1) + 1;
      return { ...link, bend: before ? 0.16 * Math.ceil(before / 2) * (before % 2 ? 1 : -1) : 0 };
    });
  }

  drawings.network.isPlaced = true;
  drawings.network.height = (told) => Math.min(280 + 16 * told.nodes.length, 720);
})();
