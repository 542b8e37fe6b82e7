// Draws a card with the official Adaptive Cards renderer, in the page's colours.

const font = 'system-ui, "Segoe UI", Roboto, "Helvetica Neue", sans-serif'
const mono = 'ui-monospace, "Cascadia Code", Consolas, "DejaVu Sans Mono", monospace'

function colours(dark) {
  const pair = (light, night) => (dark ? night : light)
  const both = (a, b, subtleA, subtleB) => ({ default: pair(a, b), subtle: pair(subtleA, subtleB) })
  return {
    default: both('#1b1f24', '#e8ecef', '#57606a', '#a3adb7'),
    dark: both('#1b1f24', '#e8ecef', '#57606a', '#a3adb7'),
    light: both('#57606a', '#a3adb7', '#57606a', '#a3adb7'),
    accent: both('#0f766e', '#5eead4', '#0f766e', '#5eead4'),
    good: both('#1a7f37', '#56d364', '#1a7f37', '#56d364'),
    warning: both('#8a5a00', '#f2c04c', '#8a5a00', '#f2c04c'),
    attention: both('#b42318', '#ff8f85', '#b42318', '#ff8f85'),
  }
}

function style(dark, light, night) {
  return { backgroundColor: dark ? night : light, foregroundColors: colours(dark) }
}

function hostConfig(dark) {
  return {
    supportsInteractivity: true,
    fontTypes: {
      default: {
        fontFamily: font,
        fontSizes: { small: 12, default: 14, medium: 16, large: 18, extraLarge: 22 },
        fontWeights: { lighter: 400, default: 400, bolder: 650 },
      },
      monospace: {
        fontFamily: mono,
        fontSizes: { small: 12, default: 13, medium: 14, large: 15, extraLarge: 18 },
        fontWeights: { lighter: 400, default: 400, bolder: 650 },
      },
    },
    spacing: { small: 4, default: 8, medium: 12, large: 18, extraLarge: 26, padding: 12 },
    separator: { lineThickness: 1, lineColor: dark ? '#30373f' : '#d8dee4' },
    imageSizes: { small: 32, medium: 52, large: 100 },
    containerStyles: {
      default: style(dark, 'transparent', 'transparent'),
      emphasis: style(dark, '#f0f3f4', '#2a323a'),
      good: style(dark, '#e3f4e8', '#16351f'),
      attention: style(dark, '#fdecea', '#42201d'),
      warning: style(dark, '#fdf3dc', '#3a2f14'),
      accent: style(dark, '#dff3f0', '#123a36'),
    },
    actions: {
      maxActions: 6,
      spacing: 'default',
      buttonSpacing: 8,
      showCard: { actionMode: 'inline', inlineTopMargin: 10, style: 'emphasis' },
      actionsOrientation: 'horizontal',
      actionAlignment: 'left',
    },
    adaptiveCard: { allowCustomStyle: true },
    factSet: {
      title: {
        color: 'default',
        size: 'default',
        isSubtle: true,
        weight: 'default',
        wrap: true,
        maxWidth: 170,
      },
      value: { color: 'default', size: 'default', wrap: true },
      spacing: 12,
    },
  }
}

export function drawCard(card, onAction) {
  const { AdaptiveCard, HostConfig, Version } = window.AdaptiveCards
  const dark = window.matchMedia('(prefers-color-scheme: dark)').matches
  const drawing = new AdaptiveCard()
  drawing.version = new Version(1, 5)
  drawing.hostConfig = new HostConfig(hostConfig(dark))
  drawing.onExecuteAction = onAction
  drawing.parse(card)
  const element = drawing.render()
  // A card is a group of things to read, not a control: the renderer makes it a tab stop of its own.
  element?.removeAttribute('tabindex')
  return element
}
