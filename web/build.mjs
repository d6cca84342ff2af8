// Builds what is served from the sources in this folder: node build.mjs OUT NPMDIR (build.sh calls it).
//
//   static/   app.<hash>.css, app.<hash>.js, sprites.<hash>.svg, fonts: the name changes with the content
//   pages/    templates, with those names in them
//   widget.js one script for other sites, texts and styles inside
//
// The design system's stylesheet is cut to what templates and scripts name, its icons and fonts to those that are used.
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, parse } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const [out, npm] = process.argv.slice(2)
const require = createRequire(join(npm, 'package.json'))
const esbuild = require('esbuild')
const postcss = require('postcss')
const { PurgeCSS } = require('purgecss')
const italia = join(npm, 'node_modules', 'bootstrap-italia', 'dist')
const browsers = ['chrome90', 'firefox90', 'safari14']
const languages = ['it', 'en', 'de']
const read = (...path) => readFileSync(join(...path), 'utf8')

// What may still be in OUT from an earlier build must not be served.
for (const old of ['static', 'pages', 'widget.js', 'openapi.json']) rmSync(join(out, old), { recursive: true, force: true })
mkdirSync(join(out, 'static'), { recursive: true })
mkdirSync(join(out, 'pages'), { recursive: true })

const names = new Map() // '/static/app.css' → '/static/app.1a2b3c4d.css'
function addStatic(name, content) {
  const { name: stem, ext } = parse(name)
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 10)
  writeFileSync(join(out, 'static', `${stem}.${hash}${ext}`), content)
  names.set(`/static/${name}`, `/static/${stem}.${hash}${ext}`)
}
const withNames = (text) => text.replace(/\/static\/[\w-]+\.\w+/g, (name) => {
  if (!names.has(name)) throw new Error(`${name} is named but not built`)
  return names.get(name)
})

// The catalogue's format: see include/sportello/catalog.h.
function readTexts(language, file) {
  const texts = {}
  for (const line of read(here, 'texts', language, `${file}.properties`).replace(/\n[ \t]+/g, ' ').split('\n')) {
    const [, key, value] = line.match(/^([^#=\s]+)\s*=\s*(.*?)\s*$/) ?? []
    if (key) texts[key] = value.replace(/\\n/g, '\n')
  }
  return texts
}
// `import texts from 'texts:chat+widget'` gives {it: {'chat.send': 'Invia', …}, …}.
const textsPlugin = {
  name: 'texts',
  setup(build) {
    build.onResolve({ filter: /^texts:/ }, ({ path }) => ({ path, namespace: 'texts' }))
    build.onLoad({ filter: /.*/, namespace: 'texts' }, ({ path }) => {
      const files = path.slice('texts:'.length).split('+')
      const all = languages.map((lang) => [lang, Object.assign({}, ...files.map((file) => readTexts(lang, file)))])
      return { contents: JSON.stringify(Object.fromEntries(all)), loader: 'json' }
    })
  },
}
// `import css from 'style:widget.css'` gives the minified style sheet as a text. It is for a shadow tree on another site's page,
// whose root may have any font size: no rem there.
const inPixels = (css) => css.replace(/(\d*\.?\d+)rem\b/g, (_, size) => `${size * 16}px`)
const stylePlugin = {
  name: 'style',
  setup(build) {
    build.onResolve({ filter: /^style:/ }, ({ path }) => ({ path, namespace: 'style' }))
    build.onLoad({ filter: /.*/, namespace: 'style' }, ({ path }) => ({ contents: minifyCss(inPixels(read(here, 'styles', path.slice(6)))), loader: 'text' }))
  },
}
function minifyCss(css) {
  return esbuild.transformSync(css, { loader: 'css', minify: true, target: browsers }).code
}
async function bundle(entry) {
  const { outputFiles } = await esbuild.build({
    entryPoints: [join(here, 'scripts', entry)], bundle: true, minify: true, write: false, format: 'iife', charset: 'utf8',
    target: 'es2020', plugins: [textsPlugin, stylePlugin], legalComments: 'none', logLevel: 'error',
  })
  return outputFiles[0].text
}

const templates = readdirSync(join(here, 'pages')).filter((file) => file.endsWith('.html')).sort()
  .map((file) => ({ file, text: read(here, 'pages', file) }))
const scripts = readdirSync(join(here, 'scripts')).sort().map((file) => read(here, 'scripts', file))

// Icons: only the symbols that a template or a script names.
function cutSprites() {
  const used = new Set([...templates.map(({ text }) => text), ...scripts].join('\n').match(/(?<=#)it-[a-z0-9-]+/g))
  const sprite = read(italia, 'svg', 'sprites.svg')
  const symbols = [...used].sort().map((id) => {
    const at = sprite.search(new RegExp(`<(symbol|svg)[^>]*id="${id}"`))
    if (at < 0) throw new Error(`the design system has no icon ${id}`)
    const tag = sprite.slice(at + 1, sprite.slice(at).search(/[\s>]/) + at)
    return sprite.slice(at, sprite.indexOf(`</${tag}>`, at) + tag.length + 3)
  })
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>\n`
}

// Pictures inside the style sheet become files, so that pages need no data: addresses.
function picturesToFiles(css) {
  let count = 0
  css.walkDecls((decl) => {
    decl.value = decl.value.replace(/url\((["']?)data:image\/svg\+xml[^,]*?(;base64)?,(.*?)\1\)/g, (_, quote, base64, data) => {
      const svg = base64 ? Buffer.from(data, 'base64').toString() : decodeURIComponent(data.replace(/%(?![0-9a-f]{2})/gi, '%25')).trim()
      const name = `picture-${++count}.svg`
      addStatic(name, svg)
      return `url(${names.get(`/static/${name}`)})`
    })
  })
}

// Parts of the design system that our templates do not use though a word of theirs occurs in a text or a script.
const blocked = [/^dropdown/, /^modal/, /^offcanvas/, /^carousel/, /^splide/, /^vjs/, /^video/, /^tooltip/, /^popover/, /^accordion/,
  /^megamenu/, /^navbar/, /^it-hero/, /^avatar/, /^toast/, /^progress/, /^spinner/, /^steppers/, /^timeline/, /^upload/, /^rating/,
  /^autocomplete/, /^just-validate/, /^it-grid/, /^chip/, /^theme-/, /^dark/, /^btn-(close|dark|light|danger|info|success|warning|full)/,
  /^select-/, /^bootstrap-select/, /^thumb/, /^point-list/, /^sidebar/, /^list-group/, /^table-/, /^col-/, /^ratio/, /^card(?!-topic)/]

async function buildStyles() {
  const own = ['fonts.css', 'chat.css', 'app.css'].map((file) => read(here, 'styles', file)).join('\n')
  const content = [...templates.map(({ text }) => ({ raw: text, extension: 'html' })), ...scripts.map((raw) => ({ raw, extension: 'js' }))]
  // Tags and classes that only articles' texts and scripts make.
  const fromText = ['p', 'ul', 'ol', 'li', 'h2', 'h3', 'h4', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'code', 'pre', 'blockquote',
    'em', 'strong', 'a', 'hr', 'mark', 'dialog', 'details', 'summary', 'dl', 'dt', 'dd', 'img']
  const [{ css }] = await new PurgeCSS().purge({
    content, css: [{ raw: read(italia, 'css', 'bootstrap-italia.min.css') }], safelist: [...fromText, 'html', 'body'],
    blocklist: blocked, variables: true, keyframes: true, fontFace: true,
    defaultExtractor: (text) => text.match(/[\w-]+/g) ?? [],
  })
  const sheet = postcss.parse(css)
  sheet.walkAtRules((rule) => { if (rule.name === 'font-face' || rule.name === 'charset') rule.remove() })
  sheet.walkRules((rule) => { if (rule.nodes.length === 0) rule.remove() })
  picturesToFiles(sheet)
  return minifyCss(`${sheet.toString()}\n${withNames(own)}`)
}
for (const weight of ['regular', '600', '700'])
  addStatic(`titillium-web-${weight === 'regular' ? 400 : weight}.woff2`,
    readFileSync(join(italia, 'fonts', 'Titillium_Web', `titillium-web-v10-latin-ext_latin-${weight}.woff2`)))
addStatic('sprites.svg', cutSprites())
addStatic('icon.svg', read(here, 'icon.svg'))
addStatic('app.css', await buildStyles())
// The rest is what templates name: a style sheet or script of its own for a part of the pages.
const named = (folder, ending) => [...new Set(templates.map(({ text }) => text).join('\n').match(new RegExp(`(?<=/static/)[\\w-]+\\.${ending}\\b`, 'g')))]
  .filter((file) => existsSync(join(here, folder, file)) && !names.has(`/static/${file}`)).sort()
for (const file of named('styles', 'css')) addStatic(file, minifyCss(withNames(read(here, 'styles', file))))
for (const file of named('scripts', 'js')) addStatic(file, withNames(await bundle(file)))
writeFileSync(join(out, 'widget.js'), await bundle('widget.js'))

// A section's tag alone on its line leaves no empty line; indentation is for the reader of the source.
for (const { file, text } of templates)
  writeFileSync(join(out, 'pages', file), withNames(text).replace(/^[ \t]*(\{\{[#^/!>][^{}]*\}\})[ \t]*\n/gm, '$1').replace(/^[ \t]+/gm, ''))
if (existsSync(join(here, 'openapi.json'))) cpSync(join(here, 'openapi.json'), join(out, 'openapi.json'))
