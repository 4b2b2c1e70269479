/**
 * Background of a cell of a heat map: the more, the stronger; the cell's text says the same.
 *
 * The strongest is weak enough for dark text: 5.9 to 1.
 */
export function heatStyle(value, most) {
    const strength = value > 0 && most > 0 ? 0.06 + 0.5 * Math.min(value / most, 1) : 0;
    return `background-color: rgba(113, 75, 103, ${strength.toFixed(2)})`;
}
