// The map of incidents. Every figure on it is also in the table beside it, which is the page without script.
//
// The endpoint is asked by box and zoom and answers GeoJSON. A feature's property `kind` says how it may be drawn:
//   cluster  a count at a point; nothing is claimed about the point
//   area     a polygon, or a point with `radius_km`: somewhere in here, drawn soft, never as a point
//   circle   the same, as a point with `radius_km`
//   point    an exact place, and only then
// A kind that is not known is left out and said, never drawn as something else.

const SOFT = ["area", "circle"];

for (const section of document.querySelectorAll("[data-map]")) start(section);

async function start(section) {
  const say = (name, n) => (section.dataset[`say${name}`] ?? "").replace("{n}", n);
  const status = section.querySelector(".map-status");
  const canvas = section.querySelector(".map-canvas");
  if (!hasWebGL()) {
    status.textContent = say("NoMap");
    return;
  }
  status.textContent = say("Loading");
  try {
    const library = await import(section.dataset.library);
    library.setWorkerUrl(new URL(section.dataset.worker, location.href).href);
    canvas.hidden = false;
    const map = await draw(library, section, canvas, say);
    follow(library, map, section, status, say);
  } catch (error) {
    canvas.hidden = true;
    status.textContent = say("NoMap");
    console.error(error);
  }
}

function hasWebGL() {
  try {
    return Boolean(document.createElement("canvas").getContext("webgl2"));
  } catch {
    return false;
  }
}

// Colours come from the stylesheet, so that dark pages get a dark map.
function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

async function fetchJson(url, signal) {
  const response = await fetch(url, { credentials: "same-origin", headers: { Accept: "application/geo+json, application/json" }, signal });
  if (!response.ok) throw new Error(`${response.status} ${url}`);
  return response.json();
}

async function context(section) {
  // Neighbouring countries, faint, so that an outline does not float in nothing. Missing context is no failure.
  try {
    const [world] = await Promise.all([fetchJson(section.dataset.world), import(section.dataset.topojson)]);
    return globalThis.topojson.feature(world, world.objects.countries);
  } catch {
    return { type: "FeatureCollection", features: [] };
  }
}

async function outlines(section) {
  const empty = { type: "FeatureCollection", features: [] };
  if (!section.dataset.outlineUrl) return empty;
  try {
    return await fetchJson(section.dataset.outlineUrl);
  } catch {
    return empty;
  }
}

async function draw(library, section, canvas, say) {
  const [world, own] = await Promise.all([context(section), outlines(section)]);
  const nothing = { type: "FeatureCollection", features: [] };
  const bounds = (section.dataset.bounds || extent(own) || "-12.5,10,4.5,25").split(",").map(Number);
  const map = new library.Map({
    container: canvas,
    bounds,
    fitBoundsOptions: { padding: 16 },
    maxZoom: 12,
    minZoom: 2,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    renderWorldCopies: false,
    cooperativeGestures: false,
    fadeDuration: 0,
    locale: {
      "Map.Title": say("Canvas"),
      "NavigationControl.ZoomIn": say("In"),
      "NavigationControl.ZoomOut": say("Out"),
      "Popup.Close": say("Close"),
    },
    style: {
      version: 8,
      sources: {
        world: { type: "geojson", data: world },
        own: { type: "geojson", data: own },
        records: { type: "geojson", data: nothing },
      },
      layers: [
        { id: "water", type: "background", paint: { "background-color": colour("--water") } },
        { id: "land", type: "fill", source: "world", paint: { "fill-color": colour("--land") } },
        { id: "borders", type: "line", source: "world", paint: { "line-color": colour("--line"), "line-width": 1 } },
        { id: "own-fill", type: "fill", source: "own", paint: { "fill-color": colour("--surface"), "fill-opacity": 0.85 } },
        { id: "own-line", type: "line", source: "own", paint: { "line-color": colour("--line-2"), "line-width": 0.8 } },
        { id: "soft-fill", type: "fill", source: "records", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": colour("--amber-mark"), "fill-opacity": 0.24 } },
        { id: "soft-line", type: "line", source: "records", filter: ["==", ["geometry-type"], "Polygon"], paint: { "line-color": colour("--amber"), "line-width": 1.2, "line-dasharray": [3, 2] } },
        { id: "exact", type: "circle", source: "records", filter: ["==", ["get", "kind"], "point"], paint: { "circle-radius": 6, "circle-color": colour("--teal"), "circle-stroke-color": colour("--surface"), "circle-stroke-width": 2 } },
      ],
    },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new library.NavigationControl({ showCompass: false }), document.dir === "rtl" ? "top-left" : "top-right");
  map.addControl(new library.ScaleControl({ unit: "metric" }), "bottom-left");
  await new Promise((resolve, reject) => { map.once("load", resolve); map.once("error", (event) => reject(event.error)); });
  map.on("error", (event) => console.error(event.error));
  return map;
}

function extent(collection) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  const walk = (part) => {
    if (typeof part[0] === "number") {
      box[0] = Math.min(box[0], part[0]); box[1] = Math.min(box[1], part[1]);
      box[2] = Math.max(box[2], part[0]); box[3] = Math.max(box[3], part[1]);
    } else part.forEach(walk);
  };
  for (const feature of collection.features) if (feature.geometry?.coordinates) walk(feature.geometry.coordinates);
  return Number.isFinite(box[0]) ? box.join(",") : "";
}

// A circle on the ground as a polygon of 64 corners.
function ring([lon, lat], km) {
  const corners = [];
  const dLat = km / 110.574;
  const dLon = km / (111.32 * Math.max(0.05, Math.cos((lat * Math.PI) / 180)));
  for (let i = 0; i <= 64; i += 1) {
    const angle = (i / 64) * 2 * Math.PI;
    corners.push([lon + dLon * Math.cos(angle), lat + dLat * Math.sin(angle)]);
  }
  return { type: "Polygon", coordinates: [corners] };
}

// What may be drawn as a shape. A soft place without a radius has no shape: it stays in the table and is not made a point.
function drawable(feature) {
  const { kind, radius_km: radius } = feature.properties;
  if (kind === "point") return feature.geometry.type === "Point" ? feature : null;
  if (!SOFT.includes(kind)) return null;
  if (feature.geometry.type === "Point") return radius > 0 ? { ...feature, geometry: ring(feature.geometry.coordinates, radius) } : null;
  return feature;
}

function follow(library, map, section, status, say) {
  const markers = [];
  let asked;
  const load = async () => {
    asked?.abort();
    asked = new AbortController();
    const box = map.getBounds();
    const url = new URL(section.dataset.sourceUrl, location.href);
    for (const [name, value] of new URLSearchParams(section.dataset.query)) url.searchParams.append(name, value);
    url.searchParams.set("bbox", [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map((x) => x.toFixed(4)).join(","));
    url.searchParams.set("zoom", map.getZoom().toFixed(1));
    try {
      const answer = await fetchJson(url, asked.signal);
      show(answer.features ?? []);
    } catch (error) {
      if (error.name === "AbortError") return;
      status.textContent = say("Failed");
      console.error(error);
    }
  };
  const show = (features) => {
    while (markers.length) markers.pop().remove();
    const shapes = [];
    let count = 0;
    for (const feature of features) {
      if (feature.properties.kind === "cluster") {
        count += feature.properties.count;
        markers.push(cluster(library, map, feature, say));
        continue;
      }
      count += 1;
      const shape = drawable(feature);
      if (shape) shapes.push(shape);
      if (shape) markers.push(handle(library, map, feature, say));
    }
    map.getSource("records").setData({ type: "FeatureCollection", features: shapes });
    status.textContent = count ? say("Count", count.toLocaleString(document.documentElement.lang)) : say("None");
    section.dataset.ready = String(count);
  };
  let waiting;
  map.on("moveend", () => { clearTimeout(waiting); waiting = setTimeout(load, 120); });
  load();
}

// Counts and records are buttons, so that a keyboard and a screen reader reach what a mouse reaches.
function button(className, label) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = className;
  element.setAttribute("aria-label", label);
  return element;
}

function cluster(library, map, feature, say) {
  const { count } = feature.properties;
  const size = count >= 1000 ? 3 : count >= 100 ? 2 : 1;
  const shown = count.toLocaleString(document.documentElement.lang);
  const element = button(`map-count map-count-${size}`, say("Cluster", shown));
  element.textContent = shown;
  const centre = feature.geometry.coordinates;
  element.addEventListener("click", (event) => {
    event.stopPropagation();
    map.easeTo({ center: centre, zoom: Math.min(map.getZoom() + 2, map.getMaxZoom()), animate: !calm() });
  });
  return new library.Marker({ element }).setLngLat(centre).addTo(map);
}

function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

function centre(geometry) {
  if (geometry.type === "Point") return geometry.coordinates;
  const box = extent({ features: [{ geometry }] }).split(",").map(Number);
  return [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
}

// An invisible button over a record: its shape is drawn by the layers, this is what is clicked and focused.
function handle(library, map, feature, say) {
  const { kind, label, text } = feature.properties;
  const nature = say(kind === "point" ? "Point" : "Area");
  const element = button(`map-record map-record-${kind}`, [label, text, nature].filter(Boolean).join(", "));
  const place = centre(feature.geometry);
  element.addEventListener("click", (event) => {
    event.stopPropagation();
    const popup = new library.Popup({ offset: 10, maxWidth: "18rem", focusAfterOpen: true }).setLngLat(place).setDOMContent(card(feature, nature, say)).addTo(map);
    popup.on("close", () => element.isConnected && element.focus());
  });
  return new library.Marker({ element }).setLngLat(place).addTo(map);
}

function card(feature, nature, say) {
  const { label, text, url } = feature.properties;
  const body = document.createElement("div");
  const line = (content, className) => {
    const element = document.createElement("p");
    element.className = className;
    element.dir = "auto";
    element.textContent = content;
    body.append(element);
  };
  if (label) line(label, "map-card-label");
  if (text) line(text, "map-card-text");
  line(nature, "map-card-nature");
  if (url && new URL(url, location.href).origin === location.origin) {
    const link = document.createElement("a");
    link.href = url;
    link.textContent = say("Open");
    body.append(link);
  }
  return body;
}
