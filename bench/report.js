// Samples to figures, and figures to text.

const quantile = (sorted, q) => {
  const at = (sorted.length - 1) * q
  const low = Math.floor(at)
  return sorted[low] + (sorted[Math.ceil(at)] - sorted[low]) * (at - low)
}

/** Medians, quartiles and ratios of one row, and how guidon stands in it. */
export const summary = ({ id, title, unit, higher = false, target, absolute = false }, samples) => {
  const contestants = {}
  for (const [name, list] of Object.entries(samples)) {
    const sorted = list.map((sample) => sample.value ?? sample).sort((a, b) => a - b)
    contestants[name] = {
      median: quantile(sorted, 0.5),
      q1: quantile(sorted, 0.25),
      q3: quantile(sorted, 0.75),
      samples: sorted,
      ...(list[0]?.note && { note: list[0].note }),
    }
  }
  const base = contestants.floor ?? contestants.guidon
  for (const one of Object.values(contestants)) one.ratio = one.median / base.median
  const { guidon, floor: _, ...others } = contestants
  const better = (a, b) => (higher ? a.median >= b.median : a.median <= b.median)
  // Nobody but the floor, where the others have nothing like it.
  const [name, best] = Object.entries(others).reduce((a, b) => (a[1] && better(a[1], b[1]) ? a : b), [])
  const overlap = best && guidon.q1 <= best.q3 && best.q1 <= guidon.q3
  const reached = absolute ? guidon.median : guidon.ratio
  return {
    id,
    title,
    unit,
    higher,
    contestants,
    ...(target !== undefined && {
      target: { limit: target, of: absolute ? unit : 'floor', reached },
      pass: higher ? reached >= target : reached <= target,
    }),
    place: !best
      ? 'alone'
      : better(guidon, best)
        ? 'first'
        : overlap
          ? `level with ${name}`
          : `behind ${name}`,
  }
}

const figure = (value) =>
  Number.isInteger(value)
    ? value.toLocaleString('en-US')
    : value.toFixed(value >= 1000 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3)

export const printed = ({ title, unit, higher, contestants }) => {
  const lines = Object.entries(contestants)
    .sort(([, a], [, b]) => (higher ? b.median - a.median : a.median - b.median))
    .map(([name, { median, q1, q3, ratio, note }]) =>
      [
        `  ${name.padEnd(12)}`,
        figure(median).padStart(9),
        unit.padEnd(4),
        ratio.toFixed(2).padStart(8),
        note ? `   ${note}` : `   ${figure(q1)} – ${figure(q3)}`,
      ].join(''),
    )
  return [`${title}${higher ? ' (more is better)' : ''}`, ...lines].join('\n')
}

export const verdict = ({ id, target, pass, place, higher }) => {
  const against = target
    ? `${pass ? 'pass' : 'FAIL'}  ${target.reached.toFixed(2)}${target.of === 'floor' ? '' : ` ${target.of}`} (target ${higher ? '≥' : '≤'} ${target.limit})`
    : ' –  '
  return `${id.padEnd(22)}${against.padEnd(34)}${place}`
}
