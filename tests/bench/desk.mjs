// Key press to painted results of the agents' search, as the browser sees it, beside the same page without a network call: node desk.mjs BASE TOKEN
// KEYS WORDS_FILE. The page is the same, the keys are the same; where there is no network, `fetch` gives what it gave before from memory. Both in turn,
// in the same browser. A result is painted at the second animation frame after the list was put in place. Prints JSON.
import { readFileSync } from 'node:fs'
import { chromium } from 'playwright-core'

const [base, token, most, wordsFile] = process.argv.slice(2)
const texts = JSON.parse(readFileSync(wordsFile, 'utf8'))
const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking']
const patienceMs = 10000

// From the browser's own time stamp of the key to the second frame after the new list.
function watch() {
  window.took = []
  window.kept = new Map()
  const real = window.fetch.bind(window)
  window.fetch = async (url, options) => {
    if (!String(url).includes('part=list')) return real(url, options)
    if (window.stubbed) return new Response(window.kept.get(String(url)), { status: 200 })
    const response = await real(url, options)
    const text = await response.clone().text()
    window.kept.set(String(url), text)
    return response
  }
  let began = null
  addEventListener('keydown', (event) => { began = event.timeStamp }, true)
  addEventListener('DOMContentLoaded', () => {
    new MutationObserver(() => {
      const from = began
      began = null
      if (from === null) return
      requestAnimationFrame(() => requestAnimationFrame(() => window.took.push(performance.now() - from)))
    }).observe(document.querySelector('[data-piece="list"]') ?? document.documentElement, { childList: true })
  })
}

async function typed(page, text) {
  await page.fill('#q', '')
  await page.waitForTimeout(150)
  for (const key of text) {
    const before = await page.evaluate(() => window.took.length)
    await page.keyboard.press(key === ' ' ? 'Space' : key)
    await page.waitForFunction((count) => window.took.length > count, before, { timeout: patienceMs, polling: 5 })
  }
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags })
const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'it-IT' })
await context.addInitScript(watch)
const page = await context.newPage()
await page.goto(`${base}/agent/sign-in`)
await page.fill('#token', token)
await page.keyboard.press('Enter')
await page.waitForURL((url) => url.pathname === '/agent/')
await page.waitForSelector('html.ag-scripts', { state: 'attached' })
const found = { network: [], stub: [] }
const taken = async (which) => found[which].push(...await page.evaluate(() => window.took.splice(0)))
for (const text of texts) {
  if (found.network.length >= Number(most)) break
  await page.evaluate(() => { window.stubbed = false; window.took = [] })
  await typed(page, text)
  await taken('network')
  await page.evaluate(() => { window.stubbed = true })
  await typed(page, text)
  await taken('stub')
}
await browser.close()
const at = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]
const told = (values) => ({ median: at(values, 0.5), p95: at(values, 0.95), keys: values.length })
console.log(JSON.stringify({ network: told(found.network), stub: told(found.stub) }))
