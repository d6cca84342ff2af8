// The static site, opened from the disk: no program, no server, no network.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { assertAccessible, at, openBrowser, sizes } from './lib.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const program = resolve(process.env.SPORTELLO_BIN ?? join(here, '..', '..', 'build', 'sportello'))
let folder, base

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sportello-site-'))
  execFileSync(program, ['export', '--kb', join(here, 'kb'), '--format', 'site', '--out', join(folder, 'site'), '--contact', 'password-dimenticata'],
    { env: { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') }, stdio: 'ignore' })
  base = pathToFileURL(join(folder, 'site')).href
  at.browser = await openBrowser()
})
after(async () => {
  await at.browser?.close()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

// What a page complains about, and everything that it asks for outside the folder, fails the test.
async function withFile(path, work, { afterwards, ...options } = {}) {
  const context = await at.browser.newContext({ viewport: sizes.desktop, locale: 'it-IT', ...options })
  const page = await context.newPage()
  const complaints = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()) })
  // What the next page cuts short did not fail.
  page.on('requestfailed', (request) => { if (request.failure().errorText !== 'net::ERR_ABORTED') complaints.push(`failed: ${request.url()} ${request.failure().errorText}`) })
  page.on('request', (request) => { if (!request.url().startsWith(base)) complaints.push(`asked for ${request.url()}`) })
  try {
    await page.goto(`${base}/${path}`)
    await work(page)
    assert.deepEqual(complaints, [])
    await afterwards?.(page)
  } finally {
    await context.close()
  }
}

test('the first page leads to the first language, with styles, fonts and icons', () => withFile('index.html', async (page) => {
  await page.waitForURL(/\/it\/index\.html$/)
  assert.equal(await page.title(), 'Assistenza di prova')
  assert.ok(await page.locator('.card-topic h3').count() >= 2)
  assert.match(await page.evaluate(() => getComputedStyle(document.querySelector('.it-header-center-wrapper')).backgroundColor), /rgb\(0, 102, 204\)/)
  await page.evaluate(() => document.fonts.ready)
  assert.ok(await page.evaluate(() => [...document.fonts].some((font) => font.status === 'loaded')), 'a font came from the folder')
  assert.ok(await page.evaluate(() => document.querySelector('.hero svg use').getBBox().width) > 0, 'an icon is drawn')
}))

test('every link of every page leads to a page of the folder', () => withFile('it/index.html', async (page) => {
  const files = readdirSync(join(folder, 'site'), { recursive: true }).filter((name) => name.endsWith('.html'))
  const known = new Set(readdirSync(join(folder, 'site'), { recursive: true }))
  assert.ok(files.length > 20)
  const bad = []
  for (const file of files) {
    if (file === 'index.html') continue
    await page.goto(`${base}/${file}`)
    for (const href of await page.evaluate(() => [...document.querySelectorAll('a[href], link[href], script[src], form[action]')].map((e) => e.href || e.src || e.action))) {
      if (/^(https?|mailto|tel):/.test(href)) continue
      const path = decodeURIComponent(href.slice(base.length + 1).split(/[?#]/)[0])
      if (!href.startsWith(base) || !known.has(path)) bad.push(`${file}: ${href}`)
    }
  }
  assert.deepEqual(bad, [])
}))

test('from the home page to a category, an article and its translation', () => withFile('it/index.html', async (page) => {
  await page.click('.card-topic h3 a')
  assert.match(page.url(), /\/it\/c\/accesso\.html$/)
  await page.click('.results h3 a:has-text("password")')
  assert.match(page.url(), /\/it\/a\/password-dimenticata\.html$/)
  assert.ok((await page.locator('.article-body').innerText()).length > 20)
  await page.click('.slim-languages a[hreflang="en"]')
  assert.match(page.url(), /\/en\/a\/password-dimenticata\.html$/)
  assert.equal(await page.getAttribute('html', 'lang'), 'en')
}))

test('nothing that needs the program is offered; the contact article is', () => withFile('it/a/password-dimenticata.html', async (page) => {
  assert.equal(await page.locator('form[method="post"], [data-chat-open], .did-help').count(), 0)
  assert.equal(await page.locator('.main-nav a:has-text("Contatti")').count(), 1)
}))

test('search: without accents, by beginnings, ranked, marked, while typing', () => withFile('it/index.html', async (page) => {
  await page.fill('#q', 'RICEVUT')
  await page.keyboard.press('Enter')
  await page.waitForURL(/search\.html\?q=RICEVUT/)
  assert.equal(await page.locator('.results h3').first().textContent(), 'Dove trovo la ricevuta del pagamento')
  assert.match(await page.locator('.results mark').first().textContent(), /^ricevut/i)
  await page.fill('#q', 'perche gia pagàto')
  await page.locator('.results h3').first().waitFor()
  assert.match(await page.locator('[role="status"]').textContent(), /^\d+ rispost/)
  await page.fill('#q', 'xyzzy')
  assert.equal(await page.locator('[role="status"]').textContent(), 'Nessuna risposta trovata')
  await page.fill('#q', 'segretissimo')
  assert.equal(await page.locator('.results h3').count(), 0)
  await page.fill('#q', '<img src=x onerror=alert(1)>')
  assert.equal(await page.locator('.results img').count(), 0)
}))

for (const [name, path] of [['home', 'it/index.html'], ['article', 'it/a/password-dimenticata.html'], ['search', 'it/search.html?q=pagamento']])
  // axe itself asks for the style sheet, which a page of the disk may not: afterwards.
  test(`accessible: ${name}`, () => withFile(path, async () => {}, { viewport: sizes.phone, afterwards: (page) => assertAccessible(page, name) }))
