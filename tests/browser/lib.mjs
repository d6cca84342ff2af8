// A service on the knowledge base of this folder and a browser to look at it; one of each for a test file.
import { execFileSync, spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { after, before } from 'node:test'
import assert from 'node:assert/strict'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium } from 'playwright-core'

const here = dirname(fileURLToPath(import.meta.url))
const program = resolve(process.env.SPORTELLO_BIN ?? join(here, '..', '..', 'build', 'sportello'))
const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage']
export const sizes = { 'narrow phone': { width: 320, height: 640 }, phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } }

// Filled before the tests of the file run: {base, browser, data}.
export const at = {}

export const serve = (folder) => ['serve', '--kb', join(here, 'kb'), '--data', join(folder, 'data')]

// The editors' page, over a copy of the knowledge base that a test may change: at.kb.
export function preview(folder) {
  at.kb = join(folder, 'kb')
  cpSync(join(here, 'kb'), at.kb, { recursive: true })
  return ['preview', '--kb', at.kb]
}

async function startService(folder, command) {
  const service = spawn(program, [...command(folder), '--listen', '127.0.0.1:0', '--encoder', 'none'],
    { env: { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') } })
  let told = ''
  const base = await new Promise((resolve, reject) => {
    const look = (chunk) => {
      told += chunk
      const address = told.match(/http:\/\/127\.0\.0\.1:\d+/)
      if (address) resolve(address[0])
    }
    service.stdout.on('data', look)
    service.stderr.on('data', look)
    service.on('error', reject)
    service.on('exit', (code) => reject(new Error(`${program} ended with ${code}: ${told}`)))
  })
  return { service, base }
}

// Chromium without the windows around it, for half the processor time; as whole as people have it where a test is about what only that has.
const browsers = { quick: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell', whole: process.env.CHROMIUM ?? '/usr/bin/chromium' }
export const openBrowser = ({ which = 'quick', ...more } = {}) => chromium.launch({ executablePath: browsers[which], args: flags, ...more })

export function setUp(command = serve) {
  let folder, service
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sportello-browser-'))
    at.data = join(folder, 'data')
    const started = await startService(folder, command)
    service = started.service
    at.base = started.base
    at.browser = await openBrowser()
  })
  after(async () => {
    await at.browser?.close()
    if (service && service.exitCode === null) {
      service.removeAllListeners('exit')
      const gone = new Promise((done) => service.on('exit', done))
      service.kill('SIGTERM')
      assert.equal(await gone, 0, 'the service ends well')
    }
    if (folder) rmSync(folder, { recursive: true, force: true })
  })
}

// A page of its own context; what its scripts complain about, and every request to another host, fails the test.
// losesNetwork: a test takes the connection away, and the browser says so.
export async function withPage({ losesNetwork, ...options }, work) {
  const expected = losesNetwork ? /status of (401|403|404|412|422|429|503)|net::ERR_(CONNECTION_RESET|INTERNET_DISCONNECTED)/ : /status of (401|403|404|412|422|503)/
  const context = await at.browser.newContext({ viewport: sizes.desktop, locale: 'it-IT', reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  const complaints = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => { if (message.type() === 'error' && !expected.test(message.text())) complaints.push(message.text()) })
  page.on('request', (request) => { if (!/^(http:\/\/127\.0\.0\.1:|data:|blob:)/.test(request.url())) complaints.push(`asked for ${request.url()}`) })
  try {
    await work(page)
    assert.deepEqual(complaints, [])
  } finally {
    await context.close()
  }
}

// A token of the service that runs, as `sportello token add` prints it.
export const addToken = (audience = 'agent-l1', role = 'agent', subject = 'ada') =>
  execFileSync(program, ['token', 'add', '--data', at.data, '--audience', audience, '--role', role, '--subject', subject]).toString().trim()

// As a person does it: the page asked for, the form, the page again.
export async function signIn(page, token = addToken(), path = '/agent/') {
  await page.goto(at.base + path)
  await page.fill('#token', token)
  await page.press('#token', 'Enter')
  await page.waitForURL((url) => !url.pathname.startsWith('/agent/sign-in'))
}

// No violation of WCAG 2.1 AA nor of axe's best practices, nothing wider than the screen, the right language.
export async function assertAccessible(page, what, lang = 'it') {
  // No frames to look into: the legacy mode needs no second page.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']).analyze()
  assert.deepEqual(violations.map(({ id, nodes }) => `${what}: ${id} ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' | ')}`), [])
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  assert.ok(wider <= 0, `${what}: ${wider}px wider than the screen`)
  if (lang) assert.equal(await page.getAttribute('html', 'lang'), lang)
}

// The element that has the focus, also inside shadow trees, as tag#id or tag.class, and whether its focus can be seen.
export const focused = (page) => page.evaluate(() => {
  let element = document.activeElement
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
  const style = getComputedStyle(element)
  const name = element.id ? `#${element.id}` : element.className ? `.${String(element.className).split(' ')[0]}` : ''
  return { name: element.tagName.toLowerCase() + name, text: element.textContent.trim().slice(0, 60), seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 }
})

// Press Tab until the focus is where it is wanted; every stop on the way must show that it has the focus.
export async function tabTo(page, wanted, key = 'Tab', most = 60) {
  for (let i = 0; i < most; i++) {
    await page.keyboard.press(key)
    const now = await focused(page)
    if (!/^body/.test(now.name)) assert.ok(now.seen, `the focus cannot be seen on ${now.name} (${now.text})`)
    if (wanted instanceof RegExp ? wanted.test(now.name) : now.name === wanted || now.text === wanted) return
  }
  assert.fail(`${key} never came to ${wanted}`)
}

export async function say(page, message) {
  const before = await page.locator('.sp-bot').count()
  await page.fill('[data-chat-compose] textarea', message)
  await page.keyboard.press('Enter')
  await page.waitForFunction((count) => document.querySelectorAll('.sp-bot:not(:has(.sp-wait))').length > count, before)
}

// A page of somebody else, on another origin.
export async function foreignPage(html, work) {
  const server = createServer((request, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    response.end(html)
  })
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready))
  try {
    await work(`http://127.0.0.1:${server.address().port}/`)
  } finally {
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
  }
}
