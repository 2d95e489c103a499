// Draw what the page holds as JSON. Every drawing stands beside a table, so pages work without this file.
const drawings = {}; // by kind: (told, colours, tools) => an ECharts option; draw-*.js fill it

(() => {
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const colours = () => ({
    ink: colour("--ink"), soft: colour("--ink-soft"), line: colour("--line"), faint: colour("--line-soft"),
    paper: colour("--paper"), land: colour("--map-land"), chosen: colour("--map-chosen"), bad: colour("--bad"),
    accent: colour("--accent"), series: [1, 2, 3, 4, 5, 6].map((n) => colour(`--chart-${n}`)),
    ramp: [1, 2, 3, 4, 5].map((n) => colour(`--ramp-${n}`)),
  });
  // Tips are drawn on the canvas: the page's rules on styles allow no HTML of their own.
  const base = (c) => ({
    animation: false,
    textStyle: { color: c.ink, fontFamily: "system-ui, sans-serif" },
    tooltip: {
      renderMode: "richText", confine: true, backgroundColor: c.paper, borderColor: c.line,
      textStyle: { color: c.ink, fontSize: 12 },
    },
  });

  async function start(place) {
    const told = JSON.parse(document.getElementById(place.dataset.drawing).textContent);
    const make = drawings[place.dataset.draw];
    if (place.dataset.outlines && !echarts.getMap("outlines")) {
      echarts.registerMap("outlines", await (await fetch(place.dataset.outlines)).json());
    }
    place.hidden = false;
    const tall = make.height?.(told, place.clientWidth);
    if (tall) place.style.height = `${tall}px`;
    const chart = echarts.init(place, null, { renderer: "canvas" });
    const draw = () => {
      const c = colours();
      chart.setOption({ ...base(c), ...make(told, c, place) }, { notMerge: true });
    };
    draw();
    chart.on("click", (event) => { if (event.data?.url) location.assign(event.data.url); });
    new ResizeObserver(() => chart.resize()).observe(place);
    new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
    addEventListener("beforeprint", () => chart.resize());
    make.after?.(chart, place, told);
    place.dataset.drawn = "yes";
  }

  addEventListener("DOMContentLoaded", () => {
    for (const place of document.querySelectorAll("[data-draw]")) start(place);
  });
})();
