/**
 * Draws a diagram in the words of Mermaid, as an image. What others wrote is never part of the page: in an image nothing runs,
 * nothing is loaded, and nothing can be pressed.
 *
 * Mermaid writes a style element and style attributes, which the content security policy refuses and reports. While it draws,
 * both are written by other means that mean the same: a sheet that is adopted, and the style of the element itself.
 */
import mermaid from 'mermaid'

/** Colours as Mermaid can reckon with them, from the tokens of the page. */
export interface Look {
  paper: string
  raised: string
  line: string
  ink: string
}

/** Fonts of the page are not in an image, so it is measured with those of the system. */
const FONT = 'system-ui, sans-serif'

let drawn = 0
let last: Promise<unknown> = Promise.resolve()

/** The image as an address. Throws what is wrong with the source. One at a time, as each changes the settings of all. */
export function draw(source: string, look: Look): Promise<string> {
  const next = last.then(() => drawNow(source, look))
  last = next.catch(() => {})
  return next
}

async function drawNow(source: string, { paper, raised, line, ink }: Look): Promise<string> {
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: 'strict',
    suppressErrorRendering: true,
    htmlLabels: false,
    flowchart: { htmlLabels: false },
    // What a diagram may not choose for itself.
    secure: ['secure', 'securityLevel', 'startOnLoad', 'maxTextSize', 'maxEdges', 'suppressErrorRendering', 'htmlLabels', 'flowchart', 'themeCSS', 'fontFamily'],
    fontFamily: FONT,
    theme: 'base',
    themeVariables: {
      fontFamily: FONT,
      fontSize: '13px',
      background: paper,
      primaryColor: raised,
      primaryTextColor: ink,
      primaryBorderColor: line,
      secondaryColor: paper,
      tertiaryColor: paper,
      lineColor: line,
      textColor: ink,
      edgeLabelBackground: paper,
      clusterBkg: paper,
      clusterBorder: line,
      noteBkgColor: paper,
      noteBorderColor: line,
    },
  })
  drawn += 1
  const restore = underThePolicy()
  try {
    const { svg } = await mermaid.render(`diagram-${drawn}`, source)
    return addressOf(svg)
  } finally {
    restore()
  }
}

/** Its own size in pixels: an image without one is as wide as it likes. */
function addressOf(svg: string): string {
  const [, width, height] = /^<svg[^>]*? viewBox="[-\d.]+ [-\d.]+ ([\d.]+) ([\d.]+)"/.exec(svg) ?? []
  if (!width || !height) throw new Error('it has no size')
  const picture = svg
    .replaceAll(` ${SET_ASIDE}="`, ' style="')
    .replace(new RegExp(`<desc ${RULES}="">(.*?)</desc>`, 's'), '<style>$1</style>')
    .replace(/^<svg([^>]*?) width="[^"]*"/, '<svg$1')
    .replace('<svg', `<svg width="${Math.ceil(Number(width))}" height="${Math.ceil(Number(height))}"`)
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(picture)}`
}

/** What stands for styles in the page, until they are in the image. */
const RULES = 'data-rules'
const SET_ASIDE = 'data-set-aside'

/** Answers how to end it. */
function underThePolicy(): () => void {
  const sheet = new CSSStyleSheet()
  document.adoptedStyleSheets.push(sheet)
  const { createElement } = document
  const { setAttribute } = Element.prototype
  const { parseFromString } = DOMParser.prototype
  document.createElement = function (this: Document, name: string, options?: ElementCreationOptions) {
    if (name !== 'style') return createElement.call(this, name, options)
    const rules = document.createElementNS('http://www.w3.org/2000/svg', 'desc')
    rules.setAttribute(RULES, '')
    Object.defineProperty(rules, 'innerHTML', {
      set(text: string) {
        rules.textContent = text
        sheet.replaceSync(text)
      },
    })
    return rules
  } as typeof createElement
  Element.prototype.setAttribute = function (this: Element, name: string, value: string) {
    if (name === 'style' && 'style' in this) (this.style as CSSStyleDeclaration).cssText = value
    else setAttribute.call(this, name, value)
  }
  // What was drawn is sanitized as text, which is parsed: styles are set aside for that, and written back into the image.
  DOMParser.prototype.parseFromString = function (this: DOMParser, text: string, type: DOMParserSupportedType) {
    // It may be a text that was declared to be trusted, which is another kind of object.
    return parseFromString.call(this, String(text).replaceAll(' style="', ` ${SET_ASIDE}="`), type)
  }
  return () => {
    document.createElement = createElement
    Element.prototype.setAttribute = setAttribute
    DOMParser.prototype.parseFromString = parseFromString
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet)
  }
}
