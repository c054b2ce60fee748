// A parcel label as a warehouse keeper would photograph it: a Code 128 barcode and the number below it.

const CODES = (
  "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 " +
  "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 " +
  "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 " +
  "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 " +
  "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 " +
  "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 " +
  "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112"
).split(" ");
const START_B = 104;
const STOP = 106;

// Widths of bars and gaps in modules, beginning with a bar; code set B, which holds printable ASCII.
export function bars(text) {
  const values = [...text].map((sign) => sign.charCodeAt(0) - 32);
  const check = values.reduce((sum, value, index) => sum + value * (index + 1), START_B) % 103;
  return [START_B, ...values, check, STOP].flatMap((value) => [...CODES[value]].map(Number));
}

export function isPrintable(text) {
  return /^[\x20-\x7e]{1,40}$/.test(text);
}

export function labelPhoto(number) {
  const canvas = Object.assign(document.createElement("canvas"), { width: 900, height: 620 });
  const pen = canvas.getContext("2d");
  fill(pen, "#b08d63", 0, 0, 900, 620);
  fill(pen, "#ffffff", 60, 50, 780, 520);
  fill(pen, "#1c1c1c", 60, 150, 780, 3);
  fill(pen, "#1c1c1c", 60, 420, 780, 3);
  write(pen, "退货包裹", 96, 118, "bold 48px sans-serif");
  drawBars(pen, number);
  write(pen, number, 450, 400, "600 40px monospace", "center");
  write(pen, "收件：退货仓", 96, 488, "34px sans-serif");
  write(pen, "1 件", 780, 488, "34px sans-serif", "right");
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.92));
}

function drawBars(pen, number) {
  const widths = bars(number);
  const total = widths.reduce((sum, width) => sum + width, 0);
  const module = Math.floor(700 / total) || 700 / total;
  let x = 450 - (total * module) / 2;
  widths.forEach((width, index) => {
    if (index % 2 === 0) fill(pen, "#000000", x, 180, width * module, 170);
    x += width * module;
  });
}

function fill(pen, colour, x, y, width, height) {
  pen.fillStyle = colour;
  pen.fillRect(x, y, width, height);
}

function write(pen, text, x, y, font, align = "left") {
  Object.assign(pen, { font, textAlign: align, fillStyle: "#1c1c1c" });
  pen.fillText(text, x, y);
}
