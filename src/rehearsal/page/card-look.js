// The look of cards: the official renderer takes it as a host configuration, as Teams has one of its own.

const font = 'system-ui, "Segoe UI", Roboto, "Helvetica Neue", sans-serif'
const mono = 'ui-monospace, "Cascadia Code", Consolas, "DejaVu Sans Mono", monospace'

function colours(dark) {
  const one = (day, night) => (dark ? { default: night, subtle: night } : { default: day, subtle: day })
  const ink = dark ? { default: '#e8ecef', subtle: '#aab4be' } : { default: '#1b1f24', subtle: '#57606a' }
  return {
    default: ink,
    dark: ink,
    light: { default: ink.subtle, subtle: ink.subtle },
    accent: one('#0b655e', '#5eead4'),
    good: one('#176b30', '#56d364'),
    warning: one('#7a4f00', '#f2c04c'),
    attention: one('#a4200f', '#ff9d94'),
  }
}

const grounds = {
  default: ['transparent', 'transparent'],
  emphasis: ['#eff2f3', '#2b333b'],
  good: ['#dff3e5', '#173a22'],
  attention: ['#fde7e4', '#4a221e'],
  warning: ['#fcf0d4', '#3d3214'],
  accent: ['#dcf1ee', '#143b37'],
}

function containerStyles(dark) {
  const styles = Object.entries(grounds).map(([name, [day, night]]) => [
    name,
    { backgroundColor: dark ? night : day, foregroundColors: colours(dark) },
  ])
  return Object.fromEntries(styles)
}

const label = { size: 'default', weight: 'bolder', suffix: ' (required)', suffixColor: 'default' }

export function hostConfig(dark) {
  return {
    supportsInteractivity: true,
    fontTypes: {
      default: {
        fontFamily: font,
        fontSizes: { small: 12.5, default: 14, medium: 16, large: 18, extraLarge: 22 },
        fontWeights: { lighter: 400, default: 400, bolder: 650 },
      },
      monospace: {
        fontFamily: mono,
        fontSizes: { small: 12, default: 12.5, medium: 14, large: 15, extraLarge: 18 },
        fontWeights: { lighter: 400, default: 400, bolder: 650 },
      },
    },
    spacing: { small: 5, default: 8, medium: 16, large: 20, extraLarge: 28, padding: 16 },
    separator: { lineThickness: 1, lineColor: dark ? '#38414a' : '#dde2e6' },
    imageSizes: { small: 32, medium: 52, large: 100 },
    containerStyles: containerStyles(dark),
    textBlock: { headingLevel: 3 },
    inputs: {
      label: { inputSpacing: 'small', requiredInputs: label, optionalInputs: { ...label, suffix: '' } },
      errorMessage: { size: 'small', color: 'attention', spacing: 'small', weight: 'default' },
    },
    actions: {
      maxActions: 6,
      spacing: 'medium',
      buttonSpacing: 8,
      showCard: { actionMode: 'inline', inlineTopMargin: 12, style: 'emphasis' },
      actionsOrientation: 'horizontal',
      actionAlignment: 'left',
    },
    table: { cellSpacing: 8 },
    adaptiveCard: { allowCustomStyle: true },
  }
}
