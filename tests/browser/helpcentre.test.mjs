// What the help centre's pages say.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { assertAccessible, at, focused, say, setUp, withPage } from './lib.mjs'

setUp()

test('home: categories of the reader, notices, useful answers', () => withPage({}, async (page) => {
  await page.goto(at.base)
  assert.deepEqual(await page.locator('.card-topic h3').allTextContents(), ['Accesso', 'Pagamenti', 'Cashback'])
  assert.equal(await page.locator('.notice strong').textContent(), 'Avviso: Rallentamenti nei pagamenti con carta')
  assert.equal(await page.locator('.notice-until').textContent(), 'Fine prevista: 31 dicembre 2099, ore 13:00')
  assert.ok(await page.locator('.link-rows li').count() >= 4)
  assert.equal(await page.title(), 'Assistenza di prova')
}))

test('what is for agents is nowhere', () => withPage({}, async (page) => {
  for (const path of ['/', '/search?q=segretissimo', '/c/pagamenti', '/ticket']) {
    await page.goto(at.base + path)
    const text = (await page.content()).replaceAll(/value="segretissimo"|segretissimo»|«segretissimo/g, '').replaceAll(/q=segretissimo/g, '')
    assert.ok(!/solo-operatori|Interno/.test(text), path)
  }
  for (const path of ['/a/solo-operatori', '/c/interno']) assert.equal((await page.goto(at.base + path)).status(), 404)
}))

test('search: snippet with the match marked, facets, correction', () => withPage({}, async (page) => {
  await page.goto(`${at.base}/search?q=ricevuta`)
  assert.equal(await page.locator('.results h3').first().textContent(), 'Dove trovo la ricevuta del pagamento')
  assert.match(await page.locator('.results mark').first().textContent(), /ricevut/i)
  assert.match(await page.locator('.results time, .results .meta').first().textContent(), /Pagamenti/)
  await page.click('.facets a:has-text("Pagamenti")')
  assert.equal(new URL(page.url()).searchParams.get('category'), 'pagamenti')
  assert.equal(await page.locator('.facets a[aria-current]:has-text("Pagamenti")').count(), 1)
  await page.goto(`${at.base}/search?q=comissione`)
  assert.match(await page.locator('.corrected').textContent(), /commissione/)
}))

test('search while typing: a list to choose from by keyboard', () => withPage({}, async (page) => {
  await page.goto(at.base)
  await page.focus('#q')
  await page.keyboard.type('ho dim')
  await page.locator('[role="option"]').first().waitFor()
  assert.equal(await page.getAttribute('#q', 'aria-expanded'), 'true')
  await page.keyboard.press('ArrowDown')
  const chosen = await page.getAttribute('#q', 'aria-activedescendant')
  assert.equal(await page.locator(`#${chosen}`).getAttribute('aria-selected'), 'true')
  await page.keyboard.press('Escape')
  assert.equal(await page.locator('[role="listbox"]').isVisible(), false)
  assert.equal((await focused(page)).name, 'input#q')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/a\/password-dimenticata/)
}))

test('article: dates, category, related, translation, structured data', () => withPage({}, async (page) => {
  await page.goto(`${at.base}/a/password-dimenticata`)
  assert.match(await page.locator('.article > .meta').textContent(), /Ultimo aggiornamento: 1º gennaio 2026/)
  assert.equal(await page.getAttribute('.article time', 'datetime'), '2026-01-01')
  const data = JSON.parse(await page.locator('script[type="application/ld+json"]').textContent())
  assert.equal(data['@type'], 'FAQPage')
  assert.equal(data.mainEntity[0].name, 'Ho dimenticato la password')
  assert.match(data.mainEntity[0].acceptedAnswer.text, /<strong>Password dimenticata<\/strong>/)
  assert.match(await page.locator('.article-aside').textContent(), /Non mi arriva il codice di accesso/)
  await page.click('.article-aside a[hreflang="en"]')
  assert.equal(await page.locator('h1').textContent(), 'I forgot my password')
  assert.match(await page.locator('.article > .meta').textContent(), /Updated on 2 January 2026/)
  assert.equal(await page.getAttribute('html', 'lang'), 'en')
}))

test('what is there in another language only says so, wherever it is suggested', () => withPage({ locale: 'en-GB' }, async (page) => {
  const blocked = 'L\'accesso è bloccato dopo troppi tentativi (in Italian)'
  const rows = async (selector) => (await page.locator(selector).allTextContents()).map((text) => text.trim())
  await page.goto(`${at.base}/a/codice-non-arriva?lang=en`)
  assert.deepEqual(await rows('[aria-labelledby="related-title"] li'), ['I forgot my password', blocked])
  await page.goto(`${at.base}/chat?lang=en`)
  await say(page, 'dove trovo la ricevuta')
  const told = ['Ho pagato due volte lo stesso avviso (in Italian)']
  assert.deepEqual(await rows('.sp-related li'), told)
  await page.reload()
  assert.deepEqual(await rows('.sp-related li'), told, 'told again, it says the same')
  for (const path of ['/?lang=de', '/chat?lang=de']) { // there is nothing in German
    await page.goto(at.base + path)
    const useful = await rows(path.startsWith('/chat') ? '.sp-choices button' : '[aria-labelledby="useful-title"] li')
    assert.ok(useful.length > 0, path)
    for (const text of useful) assert.match(text, /\(auf (Italienisch|Englisch)\)$/)
    await assertAccessible(page, path, 'de')
  }
}))

test('article: competent body, and one that has ended', () => withPage({}, async (page) => {
  await page.goto(`${at.base}/a/codice-non-arriva`)
  assert.match(await page.locator('.competence').textContent(), /Su questo decide il gestore della tua identità\s+Chiama il tuo gestore: 800 000 000/)
  await page.goto(`${at.base}/a/cashback-concluso`)
  assert.match(await page.locator('.notice-ended').textContent(), /Iniziativa conclusa \(31 dicembre 2021\)/)
}))

test('did this help: yes and no', () => withPage({}, async (page) => {
  await page.goto(`${at.base}/a/ricevuta`)
  await page.click('.did-help button[value="yes"]')
  await page.waitForURL(/helped=yes/)
  assert.match(await page.locator('.did-help').textContent(), /Grazie/)
  await page.goto(`${at.base}/a/ricevuta`)
  await page.click('.did-help button[value="no"]')
  await page.waitForURL(/helped=no/)
  await page.click('.did-help a:has-text("Scrivi una richiesta")')
  assert.equal(new URL(page.url()).pathname, '/ticket')
  assert.match(new URL(page.url()).searchParams.get('conversation'), /^[a-z0-9]{26}$/)
}))

test('the language: asked for, kept from page to page, in every link of the header', () => withPage({}, async (page) => {
  await page.goto(`${at.base}/?lang=de`)
  assert.equal(await page.locator('h1').textContent(), 'Wie können wir dir helfen?')
  await page.click('.main-nav a:has-text("Chat")')
  assert.equal(await page.getAttribute('html', 'lang'), 'de')
  await page.click('.slim-languages a[hreflang="it"]')
  assert.equal(await page.getAttribute('html', 'lang'), 'it')
  const english = await page.request.get(at.base, { headers: { 'Accept-Language': 'fr, en;q=0.5' } })
  assert.match(await english.text(), /<html lang="en">/)
}))

test('errors: a page in the reader\'s language, problem+json for programs', () => withPage({ locale: 'de-DE' }, async (page) => {
  const response = await page.goto(`${at.base}/a/gibt-es-nicht`)
  assert.equal(response.status(), 404)
  assert.equal(await page.locator('h1').textContent(), 'Diese Seite gibt es nicht')
  assert.equal(await page.getAttribute('html', 'lang'), 'de')
  assert.match((await page.request.get(`${at.base}/v1/nothing`)).headers()['content-type'], /problem\+json/)
}))

test('served for the network: validators, long life for static files, no other host, no inline script', () => withPage({}, async (page) => {
  const home = await page.request.get(at.base)
  const again = await page.request.get(at.base, { headers: { 'If-None-Match': home.headers().etag } })
  assert.equal(again.status(), 304)
  const html = await home.text()
  assert.ok(!/style="|<script(?![^>]*(src=|ld\+json))|\son[a-z]+="/.test(html))
  const css = await page.request.get(at.base + html.match(/\/static\/app\.[0-9a-f]+\.css/)[0])
  assert.match(css.headers()['cache-control'], /max-age=31536000, immutable/)
  assert.ok(!/url\((?!\/static\/)/.test(await css.text()))
  assert.ok((await css.body()).length < 60 * 1024)
}))
